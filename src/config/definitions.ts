import { didYouMean } from '../model/closest';
import { connectionSchemas, schemasOf } from './file-schemas';
import type { ProjectFile } from './list-project-files';
import { mergeOverlay } from './merge-overlay';
import { shownValue } from './issues/shown-value';
import { parseLocated, type Root } from './parse-located';
import type { Problem, Project } from './project';
import type { AlertsConfig } from './schema/alerts';
import { NO_GUARDS, type Guards } from './schema/guards';
import { substituteEnvironment } from './substitute-environment';
import { entriesAt, find, type Located, type LocatedEntry, type Place } from './yaml/located';
import type { YamlPath } from './yaml/yaml-path';
import { readYaml } from './yaml/read-yaml';

/** Where something stands in the files, with the value as written. */
export interface Location extends Place {
  readonly value: string | null;
}

export type Section = 'connections' | 'pipelines';

/** The definitions of a folder as trees: read from their files, overlaid, substituted, and at last parsed. */
export class Definitions {
  readonly problems: Problem[] = [];
  private readonly trees: Record<Section, Map<string, Located>> = { connections: new Map(), pipelines: new Map() };
  /** Keys of the connections in their file. */
  private readonly keys = new Map<string, Place>();
  private guarded: { readonly tree: Located | null; readonly guards: Guards | null } = {
    tree: null,
    guards: NO_GUARDS,
  };

  private alertsTree: Located | null = null;

  constructor(private readonly folder: string) {}

  names(section: Section): string[] {
    return [...this.trees[section].keys()];
  }

  /** Takes in one file; overlays come after everything that they change. */
  add({ file, kind, source }: ProjectFile): void {
    const { tree, problems } = readYaml(file, source);
    this.problems.push(...problems);
    if (tree === null && kind === 'overlay') this.guarded = { tree: null, guards: null };
    if (tree === null) return;
    if (kind === 'pipeline') this.addPipeline(tree);
    else if (kind === 'connections') this.addConnections(tree);
    else if (kind === 'alerts') this.addAlerts(tree);
    else this.overlay(tree);
  }

  private addPipeline(tree: Located): void {
    const { file } = tree.place;
    const name = entriesAt(tree).get('pipeline')?.value;
    const key = name?.kind === 'scalar' && typeof name.value === 'string' ? name.value : file;
    const first = this.trees.pipelines.get(key);
    if (first === undefined) {
      this.trees.pipelines.set(key, tree);
      return;
    }
    const at = name ?? tree;
    const message = `the pipeline '${key}' is already defined in ${first.place.file}`;
    this.report(at.place, 'pipeline', 'duplicate-pipeline', message, at.text, 'Give one of the two another name.');
  }

  private addAlerts(tree: Located): void {
    if (this.alertsTree === null) this.alertsTree = tree;
    else
      this.report(tree.place, '', 'duplicate-alerts', 'there are two files of alerts', null, 'Keep one alerts.yaml.');
  }

  private addConnections(tree: Located): void {
    // The members are parsed one by one, after the overlay: here only what stands around them.
    const { problems } = parseLocated(withoutMembers(tree, 'connections'), schemasOf('connections'));
    this.problems.push(...problems);
    for (const [name, entry] of entriesAt(tree, ['connections'])) {
      this.trees.connections.set(name, entry.value);
      this.keys.set(name, entry.key);
    }
  }

  /** What the overlay asks of people; null where it cannot be read, so that nobody knows. */
  get guards(): Guards | null {
    return this.guarded.guards;
  }

  /** A definition as it stands in the files, overlaid; nothing is substituted before `parse`. Undefined where there is none. */
  tree(section: Section, name: string): Located | undefined {
    return this.trees[section].get(name);
  }

  /** The guards of the overlay as they stand there; null where it has none. */
  get guardsTree(): Located | null {
    return this.guarded.tree;
  }

  private overlay(tree: Located): void {
    const { value, problems } = parseLocated(tree, schemasOf('overlay'));
    this.problems.push(...problems);
    this.guarded = {
      tree: entriesAt(tree).get('guards')?.value ?? null,
      guards: value === null ? null : (value.guards ?? NO_GUARDS),
    };
    if (value === null) return;
    for (const section of ['connections', 'pipelines'] as const) {
      for (const [name, entry] of entriesAt(tree, [section])) this.overlayOne(section, name, entry);
    }
    const alerts = entriesAt(tree).get('alerts');
    if (alerts === undefined) return;
    if (this.alertsTree !== null) this.alertsTree = mergeOverlay(this.alertsTree, alerts.value);
    else this.report(alerts.key, 'alerts', 'no-alerts', 'there is no alerts.yaml to change', null, 'Add alerts.yaml.');
  }

  private overlayOne(section: Section, name: string, entry: LocatedEntry): void {
    const base = this.trees[section].get(name);
    if (base !== undefined) {
      this.trees[section].set(name, mergeOverlay(base, entry.value));
      return;
    }
    const noun = section.slice(0, -1);
    const fix = didYouMean(name, this.names(section), section);
    this.report(
      entry.key,
      `${section}.${name}`,
      `unknown-${noun}`,
      `there is no ${noun} '${name}' to change`,
      name,
      fix,
    );
  }

  /** Substitutes and parses everything. What is invalid is left out, with its problems. */
  parse(environment: string, env: Readonly<Record<string, string | undefined>>): Project {
    const parseAll = <T>(section: Section, parse: (tree: Located, root: Root) => T | null): Record<string, T> => {
      const parsed: Record<string, T> = {};
      for (const [name, tree] of this.trees[section]) {
        const base = section === 'connections' ? [section, name] : [];
        const known = this.problems.length;
        const substituted = substituteEnvironment(tree, { env, problems: this.problems, base });
        this.trees[section].set(name, substituted);
        if (this.problems.length > known) continue; // What lacks its values would only fail again.
        const value = parse(substituted, { path: base, key: this.keys.get(name) });
        if (value !== null) parsed[name] = value;
      }
      return parsed;
    };
    return {
      environment,
      connections: parseAll('connections', (tree, root) => this.keep(parseLocated(tree, connectionSchemas(), root))),
      pipelines: parseAll('pipelines', (tree) => this.keep(parseLocated(tree, schemasOf('pipeline')))),
    };
  }

  /** alerts.yaml, substituted and parsed; null where there is none, or it is invalid. */
  parseAlerts(env: Readonly<Record<string, string | undefined>>): AlertsConfig | null {
    if (this.alertsTree === null) return null;
    const known = this.problems.length;
    this.alertsTree = substituteEnvironment(this.alertsTree, { env, problems: this.problems });
    return this.problems.length > known ? null : this.keep(parseLocated(this.alertsTree, schemasOf('alerts')));
  }

  /** The place of a path of alerts.yaml. */
  locateAlerts(path: YamlPath): Location {
    return this.locateIn(this.alertsTree ?? undefined, path);
  }

  /** alerts.yaml as it stands in the files, overlaid. */
  get alerts(): Located | null {
    return this.alertsTree;
  }

  private keep<T>(parsed: { readonly value: T; readonly problems: readonly Problem[] }): T {
    this.problems.push(...parsed.problems);
    return parsed.value;
  }

  /** The place of a path, or of its nearest parent where it does not exist. */
  locate(section: Section, name: string, path: YamlPath): Location {
    return this.locateIn(this.trees[section].get(name), path);
  }

  private locateIn(tree: Located | undefined, path: YamlPath): Location {
    if (tree === undefined) return { file: this.folder, line: 1, column: 1, value: null };
    const { node, key, depth } = find(tree, path);
    const exists = depth === path.length;
    const { file, line, column } = exists ? node.place : (key ?? node.place);
    return { file, line, column, value: exists ? shownValue(path, node.text) : null };
  }

  private report(place: Place, path: string, code: string, message: string, value: string | null, fix: string): void {
    const { file, line, column } = place;
    this.problems.push({ file, line, column, path, code, message, value, fix, severity: 'error' });
  }
}

/** The tree with the map under a key emptied. */
function withoutMembers(tree: Located, key: string): Located {
  if (tree.kind !== 'map') return tree;
  const entry = tree.entries.get(key);
  if (entry?.value.kind !== 'map') return tree;
  const empty: Located = { ...entry.value, entries: new Map() };
  return { ...tree, entries: new Map([...tree.entries, [key, { ...entry, value: empty }]]) };
}
