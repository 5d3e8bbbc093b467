// A storage account without shared keys: blob, queue and table services, containers and queues, logs of each service.
import { costTags, encryptionKey } from '../types.bicep'

@minLength(3)
@maxLength(24)
param name string
param location string
param tags costTags
param skuName 'Standard_LRS' | 'Standard_ZRS' | 'Standard_GRS' | 'Standard_RAGRS'
param isPrivate bool
param workspaceId string
param containers string[]
param queues string[] = []

@description('Days in which deleted blobs and containers can be brought back.')
@minValue(1)
@maxValue(365)
param softDeleteDays int

@description('Keeps former versions of overwritten blobs.')
param keepVersions bool

@description('Customer-managed encryption; by a key of the platform without it.')
param encryption encryptionKey?

@description('AzureServices lets Event Grid watch a private account.')
param bypass 'AzureServices' | 'None'

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: skuName }
  identity: encryption == null
    ? { type: 'None' }
    : { type: 'UserAssigned', userAssignedIdentities: { '${encryption!.identityId}': {} } }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: { bypass: bypass, defaultAction: isPrivate ? 'Deny' : 'Allow' }
    encryption: {
      requireInfrastructureEncryption: true
      keySource: encryption == null ? 'Microsoft.Storage' : 'Microsoft.Keyvault'
      // Queues and tables take the customer's key only where the account was made so.
      services: {
        blob: { enabled: true, keyType: 'Account' }
        file: { enabled: true, keyType: 'Account' }
        queue: { enabled: true, keyType: 'Account' }
        table: { enabled: true, keyType: 'Account' }
      }
      identity: encryption == null ? null : { userAssignedIdentity: encryption!.identityId }
      keyvaultproperties: encryption == null
        ? null
        : { keyname: encryption!.keyName, keyvaulturi: encryption!.vaultUri }
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: softDeleteDays }
      containerDeleteRetentionPolicy: { enabled: true, days: softDeleteDays }
      isVersioningEnabled: keepVersions
    }

    resource container 'containers' = [
      for container in containers: { name: container, properties: { publicAccess: 'None' } }
    ]
  }

  resource messages 'queueServices' = {
    name: 'default'
    properties: {}

    resource queue 'queues' = [for queue in queues: { name: queue }]
  }

  resource tables 'tableServices' = {
    name: 'default'
    properties: {}
  }
}

resource accountDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account
  name: 'metrics'
  properties: { workspaceId: workspaceId, metrics: [{ category: 'Transaction', enabled: true }] }
}

resource blobDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account::blobs
  name: 'logs'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'audit', enabled: true }]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

resource queueDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account::messages
  name: 'logs'
  properties: {
    workspaceId: workspaceId
    // Reads of queues are the polling of the host, a line every few seconds that tells nobody anything.
    logs: [{ category: 'StorageDelete', enabled: true }]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

resource tableDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account::tables
  name: 'logs'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'StorageWrite', enabled: true }, { category: 'StorageDelete', enabled: true }]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

output id string = account.id
output name string = account.name
output blobEndpoint string = account.properties.primaryEndpoints.blob
output queueEndpoint string = account.properties.primaryEndpoints.queue
output tableEndpoint string = account.properties.primaryEndpoints.table
