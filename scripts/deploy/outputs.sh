#!/usr/bin/env sh
# usage: outputs.sh <resource group>
# Prints the outputs of infra/main.bicep, as it was deployed last, as NAME=value lines: for $GITHUB_ENV, or to be sourced.
set -eu
# Azure keeps the names of outputs in whatever case it likes.
az deployment group show --name sluice --resource-group "$1" --query 'properties.outputs' --output json |
  node -e 'for (const [name, { value }] of Object.entries(JSON.parse(require("node:fs").readFileSync(0, "utf8")))) console.log(`${name.toUpperCase()}=${value}`)'
