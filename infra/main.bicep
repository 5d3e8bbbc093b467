// Everything but the events: what one environment of Sluice runs on, in one resource group.
import { accessSettings, alertThresholds, costTags, databaseSettings, dataContainer, datasetClass } from 'types.bicep'

@description('dev, staging, prod: part of every name.')
@minLength(2)
@maxLength(10)
param environmentName string
param location string = resourceGroup().location
param costTagValues costTags

@description('Overlay of the pipelines folder: environments/<name>.yaml.')
param sluiceEnvironment string

@description('In a virtual network, over private endpoints only.')
param isPrivate bool
param addressPrefix string = '10.60.0.0/22'

@description('userAssigned is made before the app; systemAssigned ends with it.')
param identityKind 'userAssigned' | 'systemAssigned' = 'userAssigned'

@description('How callers of the API are known.')
param access accessSettings

@description('Storage and database are encrypted with a key of the vault, which rotates it.')
param customerManagedKeys bool
param purgeProtection bool
param runtimeVersion '22' | '24'
param instanceMemoryMB 2048 | 4096 = 2048
param maximumInstanceCount int = 40
param zoneRedundant bool = false
param hostStorageSku 'Standard_LRS' | 'Standard_ZRS' = 'Standard_LRS'

@description('Only these have the archive tier.')
param dataStorageSku 'Standard_LRS' | 'Standard_GRS' | 'Standard_RAGRS' = 'Standard_LRS'
param softDeleteDays int
param logRetentionDays int
param dailyLogQuotaGb int
param auditDays int
param datasetClasses datasetClass[]
param database databaseSettings?

@description('Settings of the app that pipelines name by \${env:...}.')
param pipelineSettings { *: string } = {}
@description('A connection or a mask of the pipelines reads a secret.')
param readsSecrets bool
param alertEmails string[]

@description('When the rules of alerts speak up.')
param alertLimits alertThresholds = { quarantineHours: 72, noRunsWindow: 'P1D' }
param monthlyBudget int
param budgetStart string

@description('Containers of the data account that the app uses.')
param containers dataContainer[] = [
  { name: 'landing', access: 'read', reason: 'Reads the files that arrive; others put them there.' }
  { name: 'work', access: 'write', reason: 'Keeps artifacts, run plans and quarantined rows, and sweeps what is old.' }
]

var tags = union(costTagValues, { application: 'sluice', environment: environmentName })
var token = uniqueString(resourceGroup().id, environmentName)
// Accounts take letters and digits only.
var shortName = toLower(replace(environmentName, '-', ''))
var base = 'sluice-${environmentName}'
var eventQueue = isPrivate ? 'blob-events' : null
var packageContainer = 'packages'
var isUserAssigned = identityKind == 'userAssigned'

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    workspaceName: 'log-${base}'
    insightsName: 'appi-${base}'
    location: location
    tags: tags
    retentionDays: logRetentionDays
    dailyQuotaGb: dailyLogQuotaGb
  }
}

module network 'modules/network.bicep' = if (isPrivate) {
  name: 'network'
  params: {
    name: 'vnet-${base}'
    location: location
    tags: tags
    addressPrefix: addressPrefix
    workspaceId: monitoring.outputs.workspaceId
  }
}

module identity 'modules/identity.bicep' = if (isUserAssigned) {
  name: 'app-identity'
  params: { name: 'id-${base}', location: location, tags: tags }
}

module vault 'modules/key-vault.bicep' = {
  name: 'vault'
  params: {
    name: 'kv-${take(environmentName, 7)}-${token}'
    location: location
    tags: tags
    isPrivate: isPrivate
    purgeProtection: purgeProtection || customerManagedKeys
    softDeleteDays: 90
    workspaceId: monitoring.outputs.workspaceId
  }
}

module key 'modules/encryption-key.bicep' = if (customerManagedKeys) {
  name: 'encryption-key'
  params: {
    vaultName: vault.outputs.name
    keyName: 'sluice-data'
    identityName: 'id-${base}-encryption'
    location: location
    tags: tags
  }
}

module hostStorage 'modules/storage-account.bicep' = {
  name: 'host-storage'
  params: {
    name: take('sthost${shortName}${token}', 24)
    location: location
    tags: tags
    skuName: hostStorageSku
    isPrivate: isPrivate
    bypass: 'None'
    containers: [packageContainer]
    softDeleteDays: 7
    keepVersions: false
    encryption: customerManagedKeys ? key!.outputs.encryption : null
    workspaceId: monitoring.outputs.workspaceId
  }
}

module dataStorage 'modules/storage-account.bicep' = {
  name: 'data-storage'
  params: {
    name: take('stdata${shortName}${token}', 24)
    location: location
    tags: tags
    skuName: dataStorageSku
    isPrivate: isPrivate
    bypass: 'AzureServices'
    containers: map(containers, container => container.name)
    queues: eventQueue == null ? [] : [eventQueue!, '${eventQueue!}-poison']
    softDeleteDays: softDeleteDays
    keepVersions: true
    encryption: customerManagedKeys ? key!.outputs.encryption : null
    workspaceId: monitoring.outputs.workspaceId
  }
}

module lifecycle 'modules/lifecycle.bicep' = {
  name: 'lifecycle'
  params: { storageName: dataStorage.outputs.name, classes: datasetClasses, versionDays: softDeleteDays }
}

module audit 'modules/immutable-container.bicep' = {
  name: 'audit-container'
  params: { storageName: dataStorage.outputs.name, name: 'audit', days: auditDays }
}

module postgres 'modules/postgres.bicep' = if (database != null && isPrivate) {
  name: 'postgres'
  params: {
    name: 'psql-${base}-${token}'
    location: location
    tags: tags
    settings: database!
    subnetId: network!.outputs.databaseSubnetId
    networkId: network!.outputs.id
    encryption: customerManagedKeys ? key!.outputs.encryption : null
    workspaceId: monitoring.outputs.workspaceId
  }
}

module settings 'modules/app-settings.bicep' = {
  name: 'app-settings'
  params: {
    hostStorageName: hostStorage.outputs.name
    dataStorageName: dataStorage.outputs.name
    vaultUri: vault.outputs.uri
    insightsConnection: monitoring.outputs.connectionString
    clientId: isUserAssigned ? identity!.outputs.clientId : null
    sluiceEnvironment: sluiceEnvironment
    authentication: access.kind
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    eventQueue: eventQueue
    warehouseHost: database != null && isPrivate ? postgres!.outputs.host : null
    warehouseDatabase: database.?database
    pipelineSettings: pipelineSettings
  }
}

module app 'modules/function-app.bicep' = {
  name: 'app'
  params: {
    name: 'func-${base}-${token}'
    planName: 'plan-${base}'
    location: location
    tags: tags
    isPrivate: isPrivate
    subnetId: isPrivate ? network!.outputs.appSubnetId : null
    identityId: isUserAssigned ? identity!.outputs.id : null
    packageContainerUrl: '${hostStorage.outputs.blobEndpoint}${packageContainer}'
    runtimeVersion: runtimeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    zoneRedundant: zoneRedundant
    settings: settings.outputs.settings
    workspaceId: monitoring.outputs.workspaceId
  }
}

module authentication 'modules/app-authentication.bicep' = if (access.kind == 'entra') {
  name: 'app-authentication'
  params: {
    appName: app.outputs.name
    clientId: access.?clientId ?? ''
    allowedClients: access.?allowedClients ?? []
    // Event Grid calls a public app; a private one takes events from a queue.
    webhooks: isPrivate ? [] : ['/runtime/webhooks/blobs', '/runtime/webhooks/EventGrid']
  }
}

module roles 'modules/app-roles.bicep' = {
  name: 'app-roles'
  params: {
    principalId: isUserAssigned ? identity!.outputs.principalId : app.outputs.systemPrincipalId!
    hostStorageName: hostStorage.outputs.name
    dataStorageName: dataStorage.outputs.name
    vaultName: readsSecrets ? vault.outputs.name : null
    insightsName: monitoring.outputs.insightsName
    containers: concat(containers, [
      {
        name: audit.outputs.name
        access: 'write'
        reason: 'Appends the audit trail to blobs that the policy of the container lets nobody change or delete.'
      }
    ])
    eventQueue: eventQueue
  }
}

module privateAccess 'modules/private-access.bicep' = if (isPrivate) {
  name: 'private-access'
  params: {
    name: 'pe-${base}'
    location: location
    tags: tags
    networkId: network!.outputs.id
    subnetId: network!.outputs.endpointSubnetId
    hostStorageId: hostStorage.outputs.id
    dataStorageId: dataStorage.outputs.id
    vaultId: vault.outputs.id
    appId: app.outputs.id
  }
}

module people 'modules/cost-and-alerts.bicep' = {
  name: 'cost-and-alerts'
  params: {
    groupName: 'ag-${base}'
    budgetName: 'budget-${base}'
    tags: tags
    shortName: take('slc${shortName}', 12)
    emails: alertEmails
    monthlyAmount: monthlyBudget
    startDate: budgetStart
  }
}

module alertRules 'modules/alert-rules.bicep' = {
  name: 'alert-rules'
  params: {
    baseName: base
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    actionGroupId: people.outputs.actionGroupId
    thresholds: alertLimits
  }
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  params: {
    displayName: 'Sluice ${environmentName}'
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
  }
}

// Named as the environment variables that azd and the workflows make of them, which the second stage reads.
output SLUICE_APP string = app.outputs.name
output SLUICE_APP_HOST string = app.outputs.hostName
output SLUICE_DATA_STORAGE string = dataStorage.outputs.name
output SLUICE_VAULT string = vault.outputs.name
output SLUICE_WORKSPACE_ID string = monitoring.outputs.workspaceId
output SLUICE_ACTION_GROUP_ID string = people.outputs.actionGroupId
