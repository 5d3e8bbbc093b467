#!/usr/bin/env sh
# usage: publish.sh <resource group> <app> <package.zip>
# Publishes a package as it is: nothing is built in Azure, so what was tested is what runs.
set -eu
exec az functionapp deployment source config-zip --resource-group "$1" --name "$2" --src "$3" --build-remote false --output none
