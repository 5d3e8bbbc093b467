using '../main.bicep'
import { datasetClasses as shared } from '../shared.bicep'

// Small and cheap: no network, no key of our own; still without shared keys.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
param sluiceEnvironment = 'dev'
param costTagValues = {
  costCenter: readEnvironmentVariable('SLUICE_COST_CENTER', 'data-platform')
  owner: readEnvironmentVariable('SLUICE_OWNER', 'data-platform')
  dataClassification: 'internal'
}
param isPrivate = false
param access = { kind: 'functionKey' }
param customerManagedKeys = false
param purgeProtection = false
param runtimeVersion = '24'
param softDeleteDays = 7
param logRetentionDays = 30
param dailyLogQuotaGb = 1
param auditDays = 1
param datasetClasses = shared
param readsSecrets = true
param alertEmails = [readEnvironmentVariable('SLUICE_ALERT_EMAIL', 'sluice-dev@example.com')]
param monthlyBudget = 100
param budgetStart = readEnvironmentVariable('SLUICE_BUDGET_START', '2026-12-01')
param pipelineSettings = {
  WAREHOUSE_HOST: readEnvironmentVariable('SLUICE_WAREHOUSE_HOST', 'warehouse.example.com')
  WAREHOUSE_DATABASE: 'warehouse'
  WAREHOUSE_USER: 'sluice'
}
