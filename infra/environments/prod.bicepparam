using '../main.bicep'
import { datasetClasses as shared } from '../shared.bicep'

// Private, without shared keys, purge-protected, encrypted with a key that the vault rotates, over several zones.
param environmentName = 'prod'
param sluiceEnvironment = 'production'
param costTagValues = {
  costCenter: readEnvironmentVariable('SLUICE_COST_CENTER', 'data-platform')
  owner: readEnvironmentVariable('SLUICE_OWNER', 'data-platform')
  dataClassification: 'confidential'
}
param isPrivate = true
param addressPrefix = '10.62.0.0/22'
param access = {
  kind: 'entra'
  clientId: readEnvironmentVariable('SLUICE_API_CLIENT_ID', '00000000-0000-0000-0000-000000000002')
  // The Azure CLI, by which people get tokens for the command line.
  allowedClients: ['04b07795-8ddb-461a-bbee-02f9e1bf7b46']
}
param customerManagedKeys = true
param purgeProtection = true
param runtimeVersion = '24'
param instanceMemoryMB = 4096
param maximumInstanceCount = 100
param zoneRedundant = true
param hostStorageSku = 'Standard_ZRS'
param dataStorageSku = 'Standard_RAGRS'
param softDeleteDays = 30
param logRetentionDays = 90
param dailyLogQuotaGb = 10
param auditDays = 2555
param datasetClasses = shared
param readsSecrets = false
param alertEmails = [readEnvironmentVariable('SLUICE_ALERT_EMAIL', 'sluice-prod@example.com')]
param monthlyBudget = 2000
param budgetStart = readEnvironmentVariable('SLUICE_BUDGET_START', '2026-12-01')
param database = {
  administrator: {
    objectId: readEnvironmentVariable('SLUICE_DATABASE_ADMIN_ID', '00000000-0000-0000-0000-000000000001')
    name: readEnvironmentVariable('SLUICE_DATABASE_ADMIN_NAME', 'sluice-database-admins')
    type: 'Group'
  }
  database: 'warehouse'
  skuName: 'Standard_D2ds_v5'
  tier: 'GeneralPurpose'
  storageGB: 128
  backupDays: 35
  zoneRedundant: true
  // With a key of our own, a copy in another region would need a key in a vault there.
  geoRedundantBackup: false
}
// The login of the app's own identity; docs/deployment.md grants it what the pipelines need.
param pipelineSettings = { WAREHOUSE_USER: 'id-sluice-prod' }
