// Types and facts that several modules share.

@export()
@description('Tags of every resource: who pays, who answers for it, what it is for.')
type costTags = {
  @description('Where the cost is booked.')
  costCenter: string

  @description('The team that answers for the resource.')
  owner: string

  @description('The most sensitive data that the resource may hold.')
  dataClassification: 'public' | 'internal' | 'confidential' | 'restricted'

  @description('More tags, such as those that a policy of the organisation asks for.')
  *: string
}

@export()
@description('How long data of one class is kept. Days count from the last change of a blob; null leaves that move out.')
type datasetClass = {
  @description('Name of the class, part of the name of its rule.')
  name: string

  @description('What the names of its blobs begin with: container/folder/.')
  prefixes: string[]

  @description('Days until the cool tier.')
  coolAfterDays: int?

  @description('Days until the archive tier, from which nothing is read without hours of rehydration.')
  archiveAfterDays: int?

  @description('Days until they are deleted.')
  deleteAfterDays: int?
}

@export()
@description('A container of the data account, and what the app may do in it.')
type dataContainer = {
  name: string

  @description('read: files arrive from others. write: the app keeps its own blobs there.')
  access: 'read' | 'write'

  @description('Why the app needs that; stands in the role assignment.')
  reason: string
}

@export()
@description('The Microsoft Entra principal that administers the database.')
type databaseAdministrator = {
  objectId: string
  name: string
  type: 'Group' | 'ServicePrincipal' | 'User'
}

@export()
@description('A PostgreSQL flexible server.')
type databaseSettings = {
  administrator: databaseAdministrator
  database: string
  skuName: string
  tier: 'Burstable' | 'GeneralPurpose' | 'MemoryOptimized'
  storageGB: int
  backupDays: int
  zoneRedundant: bool
  geoRedundantBackup: bool
}

@export()
@description('A customer-managed key, and the identity that may use it.')
type encryptionKey = {
  keyName: string
  @description('Without a version, so that a rotated key is taken up by itself.')
  keyUri: string
  vaultUri: string
  identityId: string
}

@export()
@description('Who vouches for callers of the API: the host by function keys, or App Service authentication by Microsoft Entra.')
@discriminator('kind')
type accessSettings = keyAccess | entraAccess

type keyAccess = { kind: 'functionKey' }

type entraAccess = {
  kind: 'entra'

  @description('Client id of the registration of the API in Microsoft Entra: docs/security.md.')
  clientId: string

  @description('Client ids of programs that may ask for tokens on behalf of somebody, such as that of the Azure CLI.')
  allowedClients: string[]
}

@export()
@description('From when on the rules of alerts speak up.')
type alertThresholds = {
  @description('Hours that quarantined rows may wait for a decision.')
  quarantineHours: int

  @description('A whole window of this length without a run is an alert; longer than the longest pause between schedules.')
  noRunsWindow: 'PT1H' | 'PT6H' | 'P1D' | 'P2D'
}

@export()
@description('Built-in roles by name: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles')
var roleIds = {
  blobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  blobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  blobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  queueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  queueDataMessageSender: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
  tableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
  keyVaultCryptoServiceEncryptionUser: 'e147488a-f6f5-4113-8e2d-b22465e65bf6'
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
}
