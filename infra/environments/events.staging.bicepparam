using '../events.bicep'

param environmentName = 'staging'
param costTagValues = {
  costCenter: readEnvironmentVariable('SLUICE_COST_CENTER', 'data-platform')
  owner: readEnvironmentVariable('SLUICE_OWNER', 'data-platform')
  dataClassification: 'confidential'
}
param isPrivate = true

// Outputs of main.bicep, which the deployment hands over.
param dataStorageName = readEnvironmentVariable('SLUICE_DATA_STORAGE', 'stdatastaging')
param appName = readEnvironmentVariable('SLUICE_APP', 'func-sluice-staging')
param workspaceId = readEnvironmentVariable(
  'SLUICE_WORKSPACE_ID',
  '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/sluice/providers/Microsoft.OperationalInsights/workspaces/log-sluice-staging'
)
