"""The world every sandbox starts with: one business number of one WhatsApp Business Account. All made up."""

APP_ID = "600000000000001"
BUSINESS_ID = "700000000000001"
WABA_ID = "200000000000001"

PHONE_NUMBER_ID = "100000000000001"
DISPLAY_PHONE_NUMBER = "15550100001"
VERIFIED_NAME = "Topicdesk demo"

ACCESS_TOKEN = "EAAsandboxAccessTokenOfTheDemoLine0001"  # noqa: S105 - opens nothing but this sandbox
APP_SECRET = "5a6d0b7c1e2f43948a7b6c5d4e3f2a1b"  # noqa: S105 - opens nothing but this sandbox
VERIFY_TOKEN = "sandbox-verify-token"  # noqa: S105 - opens nothing but this sandbox

API_VERSION = "v24.0"
"""Version used where the sandbox itself has to name one (links of pages of templates)."""
