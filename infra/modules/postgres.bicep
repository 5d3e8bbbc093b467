// A PostgreSQL server inside of the virtual network; logins by Microsoft Entra only.
import { costTags, databaseSettings, encryptionKey } from '../types.bicep'

param name string
param location string
param tags costTags
param settings databaseSettings
param subnetId string
param networkId string
param workspaceId string
param encryption encryptionKey?

module zone 'private-dns-zone.bicep' = {
  name: 'zone-postgres'
  params: { name: '${name}.private.postgres.database.azure.com', tags: tags, networkId: networkId }
}

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: settings.skuName, tier: settings.tier }
  identity: encryption == null
    ? { type: 'None' }
    : { type: 'UserAssigned', userAssignedIdentities: { '${encryption!.identityId}': {} } }
  properties: {
    version: '17'
    storage: { storageSizeGB: settings.storageGB, autoGrow: 'Enabled' }
    authConfig: { activeDirectoryAuth: 'Enabled', passwordAuth: 'Disabled', tenantId: tenant().tenantId }
    network: {
      delegatedSubnetResourceId: subnetId
      privateDnsZoneArmResourceId: zone.outputs.id
      publicNetworkAccess: 'Disabled'
    }
    backup: {
      backupRetentionDays: settings.backupDays
      geoRedundantBackup: settings.geoRedundantBackup ? 'Enabled' : 'Disabled'
    }
    highAvailability: { mode: settings.zoneRedundant ? 'ZoneRedundant' : 'Disabled' }
    dataEncryption: encryption == null
      ? { type: 'SystemManaged' }
      : {
          type: 'AzureKeyVault'
          primaryKeyURI: encryption!.keyUri
          primaryUserAssignedIdentityId: encryption!.identityId
        }
  }

  resource tls 'configurations' = {
    name: 'ssl_min_protocol_version'
    properties: { value: 'TLSv1.2', source: 'user-override' }
  }

  resource administrator 'administrators' = {
    name: settings.administrator.objectId
    properties: {
      principalName: settings.administrator.name
      principalType: settings.administrator.type
      tenantId: tenant().tenantId
    }
    // The server does one change at a time.
    dependsOn: [tls]
  }

  resource database 'databases' = {
    name: settings.database
    properties: { charset: 'UTF8', collation: 'en_US.utf8' }
    dependsOn: [administrator]
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: server
  name: 'logs'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output host string = server.properties.fullyQualifiedDomainName
output database string = settings.database
