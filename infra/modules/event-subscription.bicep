// One subscription: the events of one folder go to one function, or into the queue that a private app reads.
param topicName string
param name string
param function string
param appName string
param kind 'event' | 'blob'
param storageId string
param queueName string?
param deadLetterContainer string
param subjectBeginsWith string
param subjectEndsWith string

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: appName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

var toQueue = {
  endpointType: 'StorageQueue'
  properties: {
    resourceId: storageId
    queueName: queueName
    // What waited for a week would start a pipeline long after a schedule has loaded the file.
    queueMessageTimeToLiveInSeconds: 604800
  }
}
var toFunction = {
  endpointType: 'AzureFunction'
  properties: {
    resourceId: '${app.id}/functions/${function}'
    maxEventsPerBatch: 1
    preferredBatchSizeInKilobytes: 64
  }
}

resource byIdentity 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = if (queueName != null || kind == 'event') {
  parent: topic
  name: name
  properties: {
    destination: queueName == null ? toFunction : null
    deliveryWithResourceIdentity: queueName == null
      ? null
      : { identity: { type: 'SystemAssigned' }, destination: toQueue }
    deadLetterWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: { resourceId: storageId, blobContainerName: deadLetterContainer }
      }
    }
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      subjectBeginsWith: subjectBeginsWith
      subjectEndsWith: subjectEndsWith
    }
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
  }
}

// A blob trigger is called through the host's own webhook, whose key exists once the app has started.
resource byWebhook 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = if (queueName == null && kind == 'blob') {
  parent: topic
  name: '${name}-webhook'
  properties: {
    destination: {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: 'https://${app.properties.defaultHostName}/runtime/webhooks/blobs?functionName=Host.Functions.${function}&code=${listKeys('${app.id}/host/default', '2024-11-01').systemKeys.blobs_extension}'
        maxEventsPerBatch: 1
        preferredBatchSizeInKilobytes: 64
        minimumTlsVersionAllowed: '1.2'
      }
    }
    deadLetterWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: { resourceId: storageId, blobContainerName: deadLetterContainer }
      }
    }
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      subjectBeginsWith: subjectBeginsWith
      subjectEndsWith: subjectEndsWith
    }
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
  }
}
