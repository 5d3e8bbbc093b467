'use strict';
/* Gets the Bicep compiler, pinned by version and content, as a NuGet package. */
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { ROOT, withLock } = require('../../bin/bootstrap.cjs');

const PROJECT = path.join(ROOT, 'infra/tools/bicep.csproj');
/** Kept apart from the packages of other projects, and out of the repository. */
const PACKAGES = path.join(ROOT, '.sluice/nuget');
/** SHA-512 of the package's content as NuGet records it, by platform; a platform without one is not checked. */
const CONTENT = {
  'linux-x64': 'z5p/I6NTOJvoQaJj0Rk3bTglGxIAVK920PiwYjrGuAl3V4wyr7yPjd3BYjRtVPBcdcrW1BtS33tSlWzB76MtNw==',
};

/**
 * The path of the compiler, restored where it is missing; or why there is none.
 * @returns {{ bicep: string } | { skipped: string } | { failed: string }} `skipped` where this machine has no dotnet.
 */
function restoreBicep() {
  const platform = `${{ win32: 'win', darwin: 'osx' }[process.platform] ?? process.platform}-${process.arch}`;
  const version = /<BicepVersion>(.+)<\/BicepVersion>/.exec(fs.readFileSync(PROJECT, 'utf8'))[1];
  const folder = path.join(PACKAGES, `azure.bicep.commandline.${platform}`, version);
  const bicep = path.join(folder, 'tools', process.platform === 'win32' ? 'bicep.exe' : 'bicep');
  if (!fs.existsSync(bicep)) {
    const result = withLock('bicep', () => (fs.existsSync(bicep) ? undefined : restore(platform)));
    if (result?.error?.code === 'ENOENT') {
      return {
        skipped: 'dotnet is not on this machine, and the Bicep compiler comes as a NuGet package: install .NET',
      };
    }
    if (result !== undefined && result.status !== 0) {
      return { failed: `dotnet could not restore the Bicep compiler:\n${result.stdout}${result.stderr}` };
    }
  }
  const wanted = CONTENT[platform];
  const { contentHash } = JSON.parse(fs.readFileSync(path.join(folder, '.nupkg.metadata'), 'utf8'));
  if (wanted !== undefined && contentHash !== wanted) {
    return { failed: `The package in ${folder} is not the one that scripts/infra/restore-bicep.cjs expects.` };
  }
  return { bicep };
}

function restore(platform) {
  const objects = path.join(PACKAGES, 'obj');
  const properties = [`-p:BicepPlatform=${platform}`, `-p:MSBuildProjectExtensionsPath=${objects}${path.sep}`];
  const args = ['restore', PROJECT, '--packages', PACKAGES, '--verbosity', 'quiet', ...properties];
  const env = { ...process.env, DOTNET_NOLOGO: '1', DOTNET_CLI_TELEMETRY_OPTOUT: '1' };
  return spawnSync('dotnet', args, { cwd: ROOT, encoding: 'utf8', env });
}

module.exports = { restoreBicep };
