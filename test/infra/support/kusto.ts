import path from 'node:path';
import { TABLES } from './telemetry-schema';

const PACKAGE = path.dirname(require.resolve('@kusto/language-service-next/package.json'));

/** What is used of the language service, which comes as C# made into JavaScript and puts itself into the global scope. */
interface List<T> {
  readonly Count: number;
  getItem(index: number): T;
}
interface Node {
  readonly Kind: number;
  readonly ResultType: unknown;
}
interface Code {
  GetDiagnostics(): List<{
    readonly Severity: string;
    readonly Message: string;
    readonly Start: number;
    readonly Length: number;
  }>;
  readonly ResultType: { readonly Columns?: List<{ readonly Name: string }> } | null;
  readonly Syntax: Node;
}
interface Kusto {
  readonly Language: {
    readonly KustoCode: { ParseAndAnalyze(text: string, globals: unknown): Code };
    readonly GlobalState: {
      readonly Default: { WithDatabase(database: unknown): { WithDatabase(database: unknown): unknown } };
    };
    readonly Symbols: {
      readonly TableSymbol: {
        readonly $ctor7: new (name: string, schema: string, description: string | null) => unknown;
      };
      readonly DatabaseSymbol: { readonly ctor: new (name: string, members: readonly unknown[]) => unknown };
    };
  };
}

let loaded: { readonly kusto: Kusto; readonly globals: unknown } | undefined;

function load(): { readonly kusto: Kusto; readonly globals: unknown } {
  if (loaded !== undefined) return loaded;
  require(path.join(PACKAGE, 'bridge.min.js'));
  require(path.join(PACKAGE, 'Kusto.Language.Bridge.min.js'));
  const kusto = (globalThis as unknown as { Kusto: Kusto }).Kusto;
  const { TableSymbol, DatabaseSymbol } = kusto.Language.Symbols;
  const tables = Object.entries(TABLES).map(([name, schema]) => new TableSymbol.$ctor7(name, schema, null));
  const database = new DatabaseSymbol.ctor('workspace', tables);
  loaded = { kusto, globals: kusto.Language.GlobalState.Default.WithDatabase(database) };
  return loaded;
}

/** What the language service says of a query over the tables of a workspace. */
export interface Analysis {
  /** Errors and warnings, each with the text that it is about. */
  readonly problems: readonly string[];
  /** Columns of the result, in order. */
  readonly columns: readonly string[];
}

export function analyze(query: string): Analysis {
  const { kusto, globals } = load();
  const code = kusto.Language.KustoCode.ParseAndAnalyze(query, globals);
  return {
    problems: items(code.GetDiagnostics()).map(
      ({ Message, Start, Length }) => `${Message} At: ${query.slice(Start, Start + Math.max(Length, 1))}`,
    ),
    columns: items(code.ResultType?.Columns).map(({ Name }) => Name),
  };
}

function items<T>(list: List<T> | undefined | null): T[] {
  return Array.from({ length: list?.Count ?? 0 }, (_, index) => list!.getItem(index));
}
