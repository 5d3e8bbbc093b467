// A role on one Application Insights resource.
param insightsName string
param principalId string
param roleId string
param reason string

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, principalId, roleId)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
    description: reason
  }
}
