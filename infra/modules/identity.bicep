// A user-assigned identity: it outlives the app, so its roles are there before the app starts.
import { costTags } from '../types.bicep'

param name string
param location string
param tags costTags

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
  tags: tags
}

output id string = identity.id
output name string = identity.name
output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
