// Callers of the API by Microsoft Entra: the platform validates tokens, the app asks for app roles. docs/security.md has the registration.
param appName string

@description('Client id of the registration of the API in Microsoft Entra.')
param clientId string

@description('Client ids of programs that may ask for tokens on behalf of somebody, besides the API itself.')
param allowedClients string[]

@description('Paths that the host answers by keys of its own.')
param webhooks string[]

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: appName
}

resource authentication 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true, runtimeVersion: '~1' }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'Return401'
      // The routes of the app that ask for no role; `*` stands for what follows. The page holds no data and leads to the sign-in,
      // and the link of an alert carries a signed token that is used once.
      excludedPaths: concat(
        [
          '/api/alert-links/*'
          '/api/dashboard'
          '/api/dashboard/assets/*'
          '/api/docs'
          '/api/health'
          '/api/openapi.json'
        ],
        webhooks
      )
    }
    httpSettings: { requireHttps: true }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: clientId
          openIdIssuer: '${az.environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: [clientId, 'api://${clientId}']
          defaultAuthorizationPolicy: { allowedApplications: concat([clientId], allowedClients) }
        }
      }
    }
    // The app reads claims of each request; tokens of users are kept nowhere.
    login: { tokenStore: { enabled: false } }
  }
}
