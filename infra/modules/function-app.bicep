// The Flex Consumption plan and the app. No keys: the package, the host and the app reach storage by identity.
import { costTags } from '../types.bicep'

param name string
param planName string
param location string
param tags costTags
param isPrivate bool
param workspaceId string

@description('The subnet that the app sends its traffic through; none outside of a network.')
param subnetId string?

@description('The user-assigned identity; the app gets one of its own without it.')
param identityId string?

@description('Address of the container of the package.')
param packageContainerUrl string

@description('Node.js of the worker; which are there depends on the region.')
param runtimeVersion '22' | '24'
param instanceMemoryMB 2048 | 4096

@minValue(40)
@maxValue(1000)
param maximumInstanceCount int

@description('Copies of the plan in several zones of the region.')
param zoneRedundant bool

@description('Settings by name.')
param settings { *: string }

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true, zoneRedundant: zoneRedundant }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  // azd finds the app by this tag.
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: identityId == null
    ? { type: 'SystemAssigned' }
    : { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    virtualNetworkSubnetId: subnetId
    outboundVnetRouting: subnetId == null ? null : { allTraffic: true }
    keyVaultReferenceIdentity: identityId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      remoteDebuggingEnabled: false
      appSettings: map(items(settings), setting => { name: setting.key, value: setting.value })
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: identityId == null
            ? { type: 'SystemAssignedIdentity' }
            : { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      runtime: { name: 'node', version: runtimeVersion }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        // One instance that is always there answers the timers of orchestrations at once.
        alwaysReady: [{ name: 'durable', instanceCount: 1 }]
      }
    }
  }

  // Publishing by user name and password is off: only Microsoft Entra deploys.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: app
  name: 'logs'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'FunctionAppLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource planDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: plan
  name: 'metrics'
  properties: { workspaceId: workspaceId, metrics: [{ category: 'AllMetrics', enabled: true }] }
}

output id string = app.id
output name string = app.name
output hostName string = app.properties.defaultHostName
output systemPrincipalId string? = app.identity.?principalId
