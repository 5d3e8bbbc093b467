// Second stage, once the app is deployed: arriving files start pipelines. Event Grid checks the app's functions when a
// subscription is made, so this cannot be part of main.bicep.
import { costTags, roleIds } from 'types.bicep'

param environmentName string
param location string = resourceGroup().location
param costTagValues costTags

@description('Output SLUICE_DATA_STORAGE of main.bicep.')
param dataStorageName string

@description('Output SLUICE_APP of main.bicep.')
param appName string

@description('Output SLUICE_WORKSPACE_ID of main.bicep.')
param workspaceId string

@description('A private app cannot be called: its events wait in a queue of the data account.')
param isPrivate bool

@description('What starts pipelines. `sluice roles --json` derives the list; a test compares it with triggers.json.')
param triggers trigger[] = loadJsonContent('triggers.json')

type trigger = {
  @description('Name of the function.')
  function: string

  kind: 'event' | 'blob'

  @description('What the subject of an event begins with: /blobServices/default/containers/<container>/blobs/<folder>.')
  subjectBeginsWith: string

  @description('What it ends with; empty where any end will do.')
  subjectEndsWith: string
}

var tags = union(costTagValues, { application: 'sluice', environment: environmentName })
var queueName = 'blob-events'
var deadLetters = 'dead-events'

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: dataStorageName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-sluice-${environmentName}'
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: { source: account.id, topicType: 'Microsoft.Storage.StorageAccounts' }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: topic
  name: 'logs'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = {
  name: '${dataStorageName}/default/${deadLetters}'
  properties: { publicAccess: 'None' }
}

module deadLetterRole 'modules/role-on-container.bicep' = {
  name: 'role-dead-letters'
  params: {
    storageName: dataStorageName
    containerName: deadLetters
    principalId: topic.identity.principalId
    roleId: roleIds.blobDataContributor
    reason: 'Event Grid keeps here what it could not deliver within a day.'
  }
  dependsOn: [container]
}

module queueRole 'modules/role-on-queue.bicep' = if (isPrivate) {
  name: 'role-queue-sender'
  params: {
    storageName: dataStorageName
    queueName: queueName
    principalId: topic.identity.principalId
    roleId: roleIds.queueDataMessageSender
    reason: 'Event Grid puts the events of arriving files here, and can neither read nor remove any.'
  }
}

module subscriptions 'modules/event-subscription.bicep' = [
  for (trigger, index) in triggers: {
    name: 'subscription-${index}'
    params: {
      topicName: topic.name
      // Names of subscriptions have no underscores, and 64 characters at most.
      name: take(replace(trigger.function, '_', '-'), 64)
      function: trigger.function
      appName: appName
      kind: trigger.kind
      storageId: account.id
      queueName: isPrivate ? queueName : null
      deadLetterContainer: deadLetters
      subjectBeginsWith: trigger.subjectBeginsWith
      subjectEndsWith: trigger.subjectEndsWith
    }
    dependsOn: [deadLetterRole, queueRole]
  }
]
