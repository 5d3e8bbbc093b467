/**
 * A client certificate that signs itself, in PKCS#12 without a password, as Key Vault hands certificates out; valid for a hundred years and
 * trusted by nobody but tests. It was made once, since Node.js reads this format and writes it not:
 * openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=pkcs12-client -days 36500 -addext extendedKeyUsage=clientAuth
 * openssl pkcs12 -export -passout pass:
 */
export const PKCS12_CLIENT = {
  name: 'pkcs12-client',
  pkcs12:
    'MIIELAIBAzCCA+IGCSqGSIb3DQEHAaCCA9MEggPPMIIDyzCCAoIGCSqGSIb3DQEHBqCCAnMwggJvAgEAMIICaAYJKoZIhvcNAQcB' +
    'MFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAizbYzOzF8f9AICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEJlL' +
    'EbW5mxRj/v2EQV90EZSAggIAYG99z3qTNlCMdO5CDW/pD2ekrlY8iHIVsCgJkbYg+FnEpRZxivj4rclVbGvyVQJBWg17/dgxEDwl' +
    '1RF243sfIK7srXemffsVAXNYqbsuGsEXhXTt8x109axtkU1zCbnQMEwrVwirNh+2LzZNRsYJ/vcLUisR1FEbX/3BLqMACYwxjwVv' +
    'LkJwNhWI3rQM7vPA1YKJzu0GCyRPc17r3uqWdQTp120NwFsHigahDzq9edBgkXsFfH2aMgCQsioeVVMo+LwM23tgt9B/YNUnh6dN' +
    'QO8wxeacak/ZxTdQegFlht6SyoDENYKcWLkBwNYINgKd5xHCIfRFXJOXOSA6NVQYcdiVR2F1WINjElPkKTPSZzpxi2ky0yp7AP0F' +
    'YQV0+inBFPlzg18UH3KbnYLRx/FNT8MCmo9jecR1M98RrS2I2eIUcCa40MczJCqem2pSdiyIQgHyikNGjmabscsqa5rqXTxj4sNV' +
    'ihQ6VolbUKCq9nj9aYps0F0F437L/tMj8olcCdM3Zp2aoSd9BlfZ2vYSVU1H7dbxsc994olCg1fPQCNcmX+CcESsMWcT0KjLvxdK' +
    '99wAxfJUtAeOpwYDurNezLESBqf1qL0cA8n5t/X/IubPxsgLeWh9lphUpMGuk26NJCRtu/3QF1toNkwU+BZu+oyzo+ikgRMYznX8' +
    'K1+Ge8owggFBBgkqhkiG9w0BBwGgggEyBIIBLjCCASowggEmBgsqhkiG9w0BDAoBAqCB7zCB7DBXBgkqhkiG9w0BBQ0wSjApBgkq' +
    'hkiG9w0BBQwwHAQIRMGOSRYJk68CAggAMAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBAz9fK8fUcpJC1Z5MKS9i57BIGQ6aoF' +
    'MfPPCFB9C2DBt3abmjUVvhksP/72mjdALRflPSD2Yk2nIkSE2ftlbYT7v9/h152XSyU22+dUMZd2hMpXOg9TCVkDDMZ/wb4VjlCe' +
    'RI/ZfgXy56XaEdJbeFGfKrLgvi7mJVpI7+qVkY2RRqi+a3pmPVTd/aQkxOpakfmts9KhvSk8rS1AOd847XGBGoeSMSUwIwYJKoZI' +
    'hvcNAQkVMRYEFCb5ulBfREuUEM1tecFV+K4InlKDMEEwMTANBglghkgBZQMEAgEFAAQguiHrHJX5P77oqjC20m2oL/hJn4UgPitN' +
    'pVWPFO+t+BQECEgOAOXMF8t4AgIIAA==',
  cert: `-----BEGIN CERTIFICATE-----
MIIBnTCCAUKgAwIBAgIUJ+52MmcjrrWLbRlxtduqko5BM8wwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNcGtjczEyLWNsaWVudDAgFw0yNjExMjkwMDAyMjNaGA8yMTI2
MTEwNTAwMDIyM1owGDEWMBQGA1UEAwwNcGtjczEyLWNsaWVudDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABL/VXYsmehWn5k/wDyeD9BbdY/aWa8BNDROcknxR6ac2
79VSsl8DL+89aZZTcDEU9yV66pMQkQ/cxsVv+odi5XajaDBmMB0GA1UdDgQWBBTL
rBRFK3ZG4G3kKqaITDfQdSqJODAfBgNVHSMEGDAWgBTLrBRFK3ZG4G3kKqaITDfQ
dSqJODAPBgNVHRMBAf8EBTADAQH/MBMGA1UdJQQMMAoGCCsGAQUFBwMCMAoGCCqG
SM49BAMCA0kAMEYCIQDYVI/+0Nysv0ixMHA4jdpmlnwy1o0cbJbij7da1sibTgIh
AIJPBODyKsORpRdnAGmb0SF14wFPBIeceF9KHCYpIK0W
-----END CERTIFICATE-----
`,
};
