using '../main.bicep'
import { datasetClasses as shared } from '../shared.bicep'

// Built as prod is, smaller: what fails in prod fails here first.
param environmentName = 'staging'
param sluiceEnvironment = 'staging'
param costTagValues = {
  costCenter: readEnvironmentVariable('SLUICE_COST_CENTER', 'data-platform')
  owner: readEnvironmentVariable('SLUICE_OWNER', 'data-platform')
  dataClassification: 'confidential'
}
param isPrivate = true
param addressPrefix = '10.61.0.0/22'
param access = {
  kind: 'entra'
  clientId: readEnvironmentVariable('SLUICE_API_CLIENT_ID', '00000000-0000-0000-0000-000000000002')
  // The Azure CLI, by which people get tokens for the command line.
  allowedClients: ['04b07795-8ddb-461a-bbee-02f9e1bf7b46']
}
param customerManagedKeys = false
param purgeProtection = false
param runtimeVersion = '24'
param softDeleteDays = 14
param logRetentionDays = 30
param dailyLogQuotaGb = 2
param auditDays = 30
param datasetClasses = shared
param readsSecrets = false
param alertEmails = [readEnvironmentVariable('SLUICE_ALERT_EMAIL', 'sluice-staging@example.com')]
param monthlyBudget = 400
param budgetStart = readEnvironmentVariable('SLUICE_BUDGET_START', '2026-12-01')
param database = {
  administrator: {
    objectId: readEnvironmentVariable('SLUICE_DATABASE_ADMIN_ID', '00000000-0000-0000-0000-000000000001')
    name: readEnvironmentVariable('SLUICE_DATABASE_ADMIN_NAME', 'sluice-database-admins')
    type: 'Group'
  }
  database: 'warehouse'
  skuName: 'Standard_B2s'
  tier: 'Burstable'
  storageGB: 32
  backupDays: 7
  zoneRedundant: false
  geoRedundantBackup: false
}
// The login of the app's own identity; docs/deployment.md grants it what the pipelines need.
param pipelineSettings = { WAREHOUSE_USER: 'id-sluice-staging' }
