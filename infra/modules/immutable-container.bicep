// A container whose blobs can be appended to, and neither changed nor deleted until their time is up.
param storageName string
param name string

@minValue(1)
@maxValue(146000)
param days int

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = {
  name: '${storageName}/default/${name}'
  properties: { publicAccess: 'None' }
}

// Unlocked: an owner may still shorten it. Locking cannot be undone, so it is a step by hand: docs/deployment.md.
resource immutability 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2024-01-01' = {
  parent: container
  name: 'default'
  properties: { immutabilityPeriodSinceCreationInDays: days, allowProtectedAppendWrites: true }
}

output name string = name
