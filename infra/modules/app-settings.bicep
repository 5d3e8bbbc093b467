// The settings of the app. None is a secret: accounts are named by address and reached by identity.
param hostStorageName string
param dataStorageName string
param vaultUri string
param insightsConnection string

@description('Client id of the user-assigned identity; none for the app\'s own.')
param clientId string?
param sluiceEnvironment string
param authentication 'functionKey' | 'entra'
param instanceMemoryMB int
param maximumInstanceCount int
param eventQueue string?
param warehouseHost string?
param warehouseDatabase string?

@description('Laid over the others.')
param pipelineSettings { *: string }

var suffix = environment().suffixes.storage
var accounts = [
  { prefix: 'AzureWebJobsStorage', name: hostStorageName }
  { prefix: 'DATA', name: dataStorageName }
]
var services = ['blob', 'queue', 'table']
var endpoints = flatten(map(
  accounts,
  account =>
    map(services, service => {
      name: '${account.prefix}__${service}ServiceUri'
      value: 'https://${account.name}.${service}.${suffix}'
    })
))
var credentials = flatten(map(accounts, account => [
  { name: '${account.prefix}__credential', value: 'managedidentity' }
  { name: '${account.prefix}__clientId', value: clientId }
]))
var app = [
  { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: insightsConnection }
  {
    name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING'
    value: clientId == null ? 'Authorization=AAD' : 'ClientId=${clientId!};Authorization=AAD'
  }
  { name: 'KEY_VAULT_URI', value: vaultUri }
  { name: 'SLUICE_ENVIRONMENT', value: sluiceEnvironment }
  { name: 'SLUICE_AUTH', value: authentication }
  { name: 'SLUICE_INSTANCE_MEMORY_MB', value: string(instanceMemoryMB) }
  { name: 'SLUICE_MANAGED_IDENTITY_CLIENT_ID', value: clientId }
  // host.json lets each instance run eight activities at once.
  { name: 'SLUICE_POOL_SLOTS', value: string(maximumInstanceCount * 8) }
  { name: 'SLUICE_STORAGE', value: 'DATA' }
  { name: 'SLUICE_EVENT_QUEUE', value: eventQueue }
  { name: 'LANDING_SETTING', value: 'DATA' }
  { name: 'WAREHOUSE_HOST', value: warehouseHost }
  { name: 'WAREHOUSE_DATABASE', value: warehouseDatabase }
]
var given = filter(concat(endpoints, credentials, app), setting => setting.value != null)

output settings { *: string } = union(
  toObject(given, setting => setting.name, setting => setting.value!),
  pipelineSettings
)
