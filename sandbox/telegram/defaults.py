"""The world every sandbox starts with: one bot, one forum group, three people. Names are made up."""

BOT_ID = 7000000001
BOT_TOKEN = "7000000001:AAEsandbox-token-of-the-desk-bot-001"  # noqa: S105 - opens nothing but the sandbox
BOT_USERNAME = "topicdesk_bot"

GROUP_ID = -1002000000001
GROUP_TITLE = "Topicdesk demo"

OWNER_ID = 5000001
AGENT_ID = 5000002
VIEWER_ID = 5000003
