#!/usr/bin/env sh
# usage: provision.sh <environment> <resource group>
# Deploys infra/main.bicep with the parameters of the environment, and prints its outputs as outputs.sh does.
set -eu
# A variable that is not set is empty in a workflow, and no default stands for who is told or who pays.
: "${SLUICE_ALERT_EMAIL:?}" "${SLUICE_BUDGET_START:?}" "${SLUICE_COST_CENTER:?}" "${SLUICE_OWNER:?}"
case "$1" in
  dev) : "${SLUICE_WAREHOUSE_HOST:?}" ;;
  *) : "${SLUICE_DATABASE_ADMIN_ID:?}" "${SLUICE_DATABASE_ADMIN_NAME:?}" "${SLUICE_API_CLIENT_ID:?}" ;;
esac
cd "$(dirname "$0")/../.."
az deployment group create --name sluice --resource-group "$2" --parameters "infra/environments/$1.bicepparam" --output none
exec sh scripts/deploy/outputs.sh "$2"
