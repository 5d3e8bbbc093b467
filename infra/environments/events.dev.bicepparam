using '../events.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
param costTagValues = {
  costCenter: readEnvironmentVariable('SLUICE_COST_CENTER', 'data-platform')
  owner: readEnvironmentVariable('SLUICE_OWNER', 'data-platform')
  dataClassification: 'internal'
}
param isPrivate = false

// Outputs of main.bicep, which the deployment hands over.
param dataStorageName = readEnvironmentVariable('SLUICE_DATA_STORAGE', 'stdatadev')
param appName = readEnvironmentVariable('SLUICE_APP', 'func-sluice-dev')
param workspaceId = readEnvironmentVariable(
  'SLUICE_WORKSPACE_ID',
  '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/sluice/providers/Microsoft.OperationalInsights/workspaces/log-sluice-dev'
)
