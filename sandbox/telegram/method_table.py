"""The Bot API's methods and their parameters, as data (source: Bot API docs 10.3, August 2026).

`METHODS` names every method and its parameters in one line of text: `name` is optional, `name!` is required and
`$group` stands for the parameters listed in `GROUPS`. What a value looks like on the wire depends only on the name
(`method_spec.kind_of`), with the few exceptions in `EXCEPTIONS`. Parameters that the Bot API marks as deprecated are
left out: the sandbox refuses them, so that nothing of ours depends on them. A contract test compares this table with
aiogram.
"""

from __future__ import annotations

from sandbox.telegram.words import words

GROUPS: dict[str, str] = {
    "$sent": "disable_notification protect_content allow_paid_broadcast message_effect_id",
    "$place": "business_connection_id message_thread_id direct_messages_topic_id",
    "$answer": "suggested_post_parameters reply_parameters reply_markup",
    "$caption": "caption parse_mode caption_entities show_caption_above_media",
    "$target": "business_connection_id chat_id message_id inline_message_id",
    "$short_caption": "caption parse_mode caption_entities",
}

INT_NAMES = frozenset(
    words(
        "active_period actor_chat_id cache_time close_date direct_messages_topic_id draft_id duration "
        "emoji_status_expiration_date ephemeral_message_id expire_date from_story_id heading height "
        "icon_color length limit live_period max_connections max_tip_amount member_limit message_id "
        "message_thread_id month_count new_owner_chat_id offset open_period photo_height photo_size "
        "photo_width position proximity_alert_radius receiver_user_id score send_date sender_chat_id "
        "star_count start_timestamp story_id subscription_period subscription_price timeout until_date "
        "user_id video_start_timestamp width"
    )
)

BOOL_NAMES = frozenset(
    words(
        "allow_adding_options allow_bot_chats allow_channel_chats allow_group_chats allow_paid_broadcast "
        "allow_user_chats allows_multiple_answers allows_revoting can_change_info can_delete_messages "
        "can_delete_stories can_edit_messages can_edit_stories can_invite_users can_manage_chat "
        "can_manage_direct_messages can_manage_tags can_manage_topics can_manage_video_chats can_pin_messages "
        "can_post_messages can_post_stories can_promote_members can_restrict_members "
        "can_send_welcome_messages can_stop creates_join_request disable_content_type_detection "
        "disable_edit_message disable_notification drop_pending_updates exclude_from_blockchain "
        "exclude_limited_non_upgradable exclude_limited_upgradable exclude_saved exclude_unique "
        "exclude_unlimited exclude_unsaved for_channels force has_spoiler hide_results_until_closes "
        "is_access_restricted is_anonymous is_big is_canceled is_closed is_flexible is_personal is_public "
        "keep_on_stop keep_original_details members_only need_email need_name need_phone_number "
        "need_shipping_address needs_repainting ok only_if_banned pay_for_upgrade post_to_chat_page "
        "protect_content remove_caption return_bots revoke_messages send_email_to_provider "
        "send_phone_number_to_provider show_alert show_caption_above_media show_gift_button shuffle_options "
        "sort_by_price supports_streaming use_independent_chat_permissions"
    )
)

FLOAT_NAMES = frozenset(["horizontal_accuracy", "latitude", "longitude"])

JSON_NAMES = frozenset(
    words(
        "accepted_gift_types added_user_ids allowed_updates areas button caption_entities checklist commands "
        "content correct_option_ids country_codes custom_emoji_ids description_entities emoji_list entities "
        "ephemeral_message_parameters errors explanation_entities explanation_media keywords "
        "link_preview_options mask_position media menu_button message_ids options permissions prices "
        "question_entities reaction reply_markup reply_parameters result results rich_message rights scope "
        "shipping_options stickers suggested_post_parameters suggested_tip_amounts text_entities"
    )
)

FILE_NAMES = frozenset(
    words("animation audio certificate cover document live_photo photo thumbnail video video_note voice")
)

CHAT_NAMES = frozenset(["chat_id", "from_chat_id"])

EXCEPTIONS: dict[tuple[str, str], str] = {
    ("addStickerToSet", "sticker"): "json",
    ("answerChatJoinRequestQuery", "result"): "str",
    ("approveSuggestedPost", "chat_id"): "int",
    ("declineSuggestedPost", "chat_id"): "int",
    ("getBusinessAccountGifts", "offset"): "str",
    ("getChatGifts", "offset"): "str",
    ("getChatMenuButton", "chat_id"): "int",
    ("getGameHighScores", "chat_id"): "int",
    ("getUserGifts", "offset"): "str",
    ("readBusinessMessage", "chat_id"): "int",
    ("replaceStickerInSet", "sticker"): "json",
    ("repostStory", "from_chat_id"): "int",
    ("sendMessageDraft", "chat_id"): "int",
    ("sendRichMessageDraft", "chat_id"): "int",
    ("sendSticker", "sticker"): "file",
    ("setBusinessAccountProfilePhoto", "photo"): "json",
    ("setChatMenuButton", "chat_id"): "int",
    ("setGameScore", "chat_id"): "int",
    ("setMyProfilePhoto", "photo"): "json",
    ("uploadStickerFile", "sticker"): "file",
}
"""(method, parameter) whose kind differs from the kind its name has elsewhere."""

METHODS: dict[str, str] = {
    "addStickerToSet": "user_id! name! sticker!",
    "answerCallbackQuery": "callback_query_id! text show_alert url cache_time",
    "answerChatJoinRequestQuery": "chat_join_request_query_id! result!",
    "answerGuestQuery": "guest_query_id! result!",
    "answerInlineQuery": "inline_query_id! results! cache_time is_personal next_offset button",
    "answerPreCheckoutQuery": "pre_checkout_query_id! ok! error_message",
    "answerShippingQuery": "shipping_query_id! ok! shipping_options error_message",
    "answerWebAppQuery": "web_app_query_id! result!",
    "approveChatJoinRequest": "chat_id! user_id!",
    "approveSuggestedPost": "chat_id! message_id! send_date",
    "banChatMember": "chat_id! user_id! until_date revoke_messages",
    "banChatSenderChat": "chat_id! sender_chat_id!",
    "close": "",
    "closeForumTopic": "chat_id! message_thread_id!",
    "closeGeneralForumTopic": "chat_id!",
    "convertGiftToStars": "business_connection_id! owned_gift_id!",
    "copyMessage": (
        "chat_id! from_chat_id! message_id! message_thread_id direct_messages_topic_id "
        "video_start_timestamp $caption $sent $answer"
    ),
    "copyMessages": (
        "chat_id! from_chat_id! message_ids! message_thread_id direct_messages_topic_id "
        "disable_notification protect_content remove_caption"
    ),
    "createChatInviteLink": "chat_id! name expire_date member_limit creates_join_request",
    "createChatSubscriptionInviteLink": "chat_id! subscription_period! subscription_price! name",
    "createForumTopic": "chat_id! name! icon_color icon_custom_emoji_id",
    "createInvoiceLink": (
        "title! description! payload! currency! prices! business_connection_id provider_token "
        "subscription_period max_tip_amount suggested_tip_amounts provider_data photo_url photo_size "
        "photo_width photo_height need_name need_phone_number need_email need_shipping_address "
        "send_phone_number_to_provider send_email_to_provider is_flexible"
    ),
    "createNewStickerSet": "user_id! name! title! stickers! sticker_type needs_repainting",
    "declineChatJoinRequest": "chat_id! user_id!",
    "declineSuggestedPost": "chat_id! message_id! comment",
    "deleteAllMessageReactions": "chat_id! user_id actor_chat_id",
    "deleteBusinessMessages": "business_connection_id! message_ids!",
    "deleteChatPhoto": "chat_id!",
    "deleteChatStickerSet": "chat_id!",
    "deleteEphemeralMessage": "chat_id! receiver_user_id! ephemeral_message_id!",
    "deleteForumTopic": "chat_id! message_thread_id!",
    "deleteMessage": "chat_id! message_id!",
    "deleteMessageReaction": "chat_id! message_id! user_id actor_chat_id",
    "deleteMessages": "chat_id! message_ids!",
    "deleteMyCommands": "scope language_code",
    "deleteStickerFromSet": "sticker!",
    "deleteStickerSet": "name!",
    "deleteStory": "business_connection_id! story_id!",
    "deleteWebhook": "drop_pending_updates",
    "editChatInviteLink": "chat_id! invite_link! name expire_date member_limit creates_join_request",
    "editChatSubscriptionInviteLink": "chat_id! invite_link! name",
    "editEphemeralMessageCaption": "chat_id! receiver_user_id! ephemeral_message_id! $caption reply_markup",
    "editEphemeralMessageMedia": "chat_id! receiver_user_id! ephemeral_message_id! media! reply_markup",
    "editEphemeralMessageReplyMarkup": "chat_id! receiver_user_id! ephemeral_message_id! reply_markup",
    "editEphemeralMessageText": (
        "chat_id! receiver_user_id! ephemeral_message_id! text parse_mode entities link_preview_options "
        "reply_markup rich_message"
    ),
    "editForumTopic": "chat_id! message_thread_id! name icon_custom_emoji_id",
    "editGeneralForumTopic": "chat_id! name!",
    "editMessageCaption": "$target $caption reply_markup",
    "editMessageChecklist": "business_connection_id! chat_id! message_id! checklist! reply_markup",
    "editMessageLiveLocation": (
        "latitude! longitude! $target live_period horizontal_accuracy heading proximity_alert_radius reply_markup"
    ),
    "editMessageMedia": "media! $target reply_markup",
    "editMessageReplyMarkup": "$target reply_markup",
    "editMessageText": "text $target parse_mode entities link_preview_options reply_markup rich_message",
    "editStory": "business_connection_id! story_id! content! $short_caption areas",
    "editUserStarSubscription": "user_id! telegram_payment_charge_id! is_canceled!",
    "exportChatInviteLink": "chat_id!",
    "forwardMessage": (
        "chat_id! from_chat_id! message_id! message_thread_id direct_messages_topic_id "
        "video_start_timestamp disable_notification protect_content message_effect_id "
        "suggested_post_parameters"
    ),
    "forwardMessages": (
        "chat_id! from_chat_id! message_ids! message_thread_id direct_messages_topic_id "
        "disable_notification protect_content"
    ),
    "getAvailableGifts": "",
    "getBusinessAccountGifts": (
        "business_connection_id! exclude_unsaved exclude_saved exclude_unlimited exclude_limited_upgradable "
        "exclude_limited_non_upgradable exclude_unique exclude_from_blockchain sort_by_price offset limit"
    ),
    "getBusinessAccountStarBalance": "business_connection_id!",
    "getBusinessConnection": "business_connection_id!",
    "getChat": "chat_id!",
    "getChatAdministrators": "chat_id! return_bots",
    "getChatGifts": (
        "chat_id! exclude_unsaved exclude_saved exclude_unlimited exclude_limited_upgradable "
        "exclude_limited_non_upgradable exclude_from_blockchain exclude_unique sort_by_price offset limit"
    ),
    "getChatMember": "chat_id! user_id!",
    "getChatMemberCount": "chat_id!",
    "getChatMenuButton": "chat_id",
    "getCustomEmojiStickers": "custom_emoji_ids!",
    "getFile": "file_id!",
    "getForumTopicIconStickers": "",
    "getGameHighScores": "user_id! chat_id message_id inline_message_id",
    "getManagedBotAccessSettings": "user_id!",
    "getManagedBotToken": "user_id!",
    "getMe": "",
    "getMyCommands": "scope language_code",
    "getMyDefaultAdministratorRights": "for_channels",
    "getMyDescription": "language_code",
    "getMyName": "language_code",
    "getMyShortDescription": "language_code",
    "getMyStarBalance": "",
    "getStarTransactions": "offset limit",
    "getStickerSet": "name!",
    "getUpdates": "offset limit timeout allowed_updates",
    "getUserChatBoosts": "chat_id! user_id!",
    "getUserGifts": (
        "user_id! exclude_unlimited exclude_limited_upgradable exclude_limited_non_upgradable "
        "exclude_from_blockchain exclude_unique sort_by_price offset limit"
    ),
    "getUserPersonalChatMessages": "user_id! limit!",
    "getUserProfileAudios": "user_id! offset limit",
    "getUserProfilePhotos": "user_id! offset limit",
    "getWebhookInfo": "",
    "giftPremiumSubscription": "user_id! month_count! star_count! text text_parse_mode text_entities",
    "hideGeneralForumTopic": "chat_id!",
    "leaveChat": "chat_id!",
    "logOut": "",
    "pinChatMessage": "chat_id! message_id! business_connection_id disable_notification",
    "postStory": (
        "business_connection_id! content! active_period! $short_caption areas post_to_chat_page protect_content"
    ),
    "promoteChatMember": (
        "chat_id! user_id! is_anonymous can_manage_chat can_delete_messages can_manage_video_chats "
        "can_restrict_members can_promote_members can_change_info can_invite_users can_post_stories "
        "can_edit_stories can_delete_stories can_post_messages can_edit_messages can_pin_messages "
        "can_manage_topics can_manage_direct_messages can_manage_tags can_send_welcome_messages"
    ),
    "readBusinessMessage": "business_connection_id! chat_id! message_id!",
    "refundStarPayment": "user_id! telegram_payment_charge_id!",
    "removeBusinessAccountProfilePhoto": "business_connection_id! is_public",
    "removeChatVerification": "chat_id!",
    "removeMyProfilePhoto": "",
    "removeUserVerification": "user_id!",
    "reopenForumTopic": "chat_id! message_thread_id!",
    "reopenGeneralForumTopic": "chat_id!",
    "replaceManagedBotToken": "user_id!",
    "replaceStickerInSet": "user_id! name! old_sticker! sticker!",
    "repostStory": (
        "business_connection_id! from_chat_id! from_story_id! active_period! post_to_chat_page protect_content"
    ),
    "restrictChatMember": "chat_id! user_id! permissions! use_independent_chat_permissions until_date",
    "revokeChatInviteLink": "chat_id! invite_link!",
    "savePreparedInlineMessage": (
        "user_id! result! allow_user_chats allow_bot_chats allow_group_chats allow_channel_chats"
    ),
    "savePreparedKeyboardButton": "user_id! button!",
    "sendAnimation": (
        "chat_id! animation! $place duration width height thumbnail $caption has_spoiler $sent $answer "
        "ephemeral_message_parameters"
    ),
    "sendAudio": (
        "chat_id! audio! $place $short_caption duration performer title thumbnail $sent $answer "
        "ephemeral_message_parameters"
    ),
    "sendChatAction": "chat_id! action! business_connection_id message_thread_id",
    "sendChatJoinRequestWebApp": "chat_join_request_query_id! web_app_url!",
    "sendChecklist": (
        "business_connection_id! chat_id! checklist! disable_notification protect_content message_effect_id "
        "reply_parameters reply_markup"
    ),
    "sendContact": (
        "chat_id! phone_number! first_name! $place last_name vcard $sent $answer ephemeral_message_parameters"
    ),
    "sendDice": "chat_id! $place emoji $sent $answer",
    "sendDocument": (
        "chat_id! document! $place thumbnail $short_caption disable_content_type_detection $sent $answer "
        "ephemeral_message_parameters"
    ),
    "sendGame": (
        "chat_id! game_short_name! business_connection_id message_thread_id $sent reply_parameters reply_markup"
    ),
    "sendGift": "gift_id! user_id chat_id pay_for_upgrade text text_parse_mode text_entities",
    "sendInvoice": (
        "chat_id! title! description! payload! currency! prices! message_thread_id direct_messages_topic_id "
        "provider_token max_tip_amount suggested_tip_amounts start_parameter provider_data photo_url "
        "photo_size photo_width photo_height need_name need_phone_number need_email need_shipping_address "
        "send_phone_number_to_provider send_email_to_provider is_flexible $sent $answer"
    ),
    "sendLivePhoto": (
        "chat_id! live_photo! photo! $place $caption has_spoiler $sent $answer ephemeral_message_parameters"
    ),
    "sendLocation": (
        "chat_id! latitude! longitude! $place horizontal_accuracy live_period heading "
        "proximity_alert_radius $sent $answer ephemeral_message_parameters"
    ),
    "sendMediaGroup": "chat_id! media! $place $sent reply_parameters",
    "sendMessage": (
        "chat_id! text! $place parse_mode entities link_preview_options $sent $answer ephemeral_message_parameters"
    ),
    "sendMessageDraft": "chat_id! draft_id! message_thread_id text parse_mode entities can_stop keep_on_stop",
    "sendPaidMedia": (
        "chat_id! star_count! media! $place payload $caption disable_notification protect_content "
        "allow_paid_broadcast $answer"
    ),
    "sendPhoto": "chat_id! photo! $place $caption has_spoiler $sent $answer ephemeral_message_parameters",
    "sendPoll": (
        "chat_id! question! options! business_connection_id message_thread_id question_parse_mode "
        "question_entities is_anonymous type allows_multiple_answers allows_revoting shuffle_options "
        "allow_adding_options hide_results_until_closes members_only country_codes correct_option_ids "
        "explanation explanation_parse_mode explanation_entities explanation_media open_period close_date "
        "is_closed description description_parse_mode description_entities media $sent reply_parameters "
        "reply_markup"
    ),
    "sendRichMessage": "chat_id! rich_message! $place $sent $answer ephemeral_message_parameters",
    "sendRichMessageDraft": "chat_id! draft_id! rich_message! message_thread_id can_stop keep_on_stop",
    "sendSticker": "chat_id! sticker! $place emoji $sent $answer ephemeral_message_parameters",
    "sendVenue": (
        "chat_id! latitude! longitude! title! address! $place foursquare_id foursquare_type google_place_id "
        "google_place_type $sent $answer ephemeral_message_parameters"
    ),
    "sendVideo": (
        "chat_id! video! $place duration width height thumbnail cover start_timestamp $caption has_spoiler "
        "supports_streaming $sent $answer ephemeral_message_parameters"
    ),
    "sendVideoNote": (
        "chat_id! video_note! $place duration length thumbnail $sent $answer ephemeral_message_parameters"
    ),
    "sendVoice": "chat_id! voice! $place $short_caption duration $sent $answer ephemeral_message_parameters",
    "setBusinessAccountBio": "business_connection_id! bio",
    "setBusinessAccountGiftSettings": "business_connection_id! show_gift_button! accepted_gift_types!",
    "setBusinessAccountName": "business_connection_id! first_name! last_name",
    "setBusinessAccountProfilePhoto": "business_connection_id! photo! is_public",
    "setBusinessAccountUsername": "business_connection_id! username",
    "setChatAdministratorCustomTitle": "chat_id! user_id! custom_title!",
    "setChatDescription": "chat_id! description",
    "setChatMemberTag": "chat_id! user_id! tag",
    "setChatMenuButton": "chat_id menu_button",
    "setChatPermissions": "chat_id! permissions! use_independent_chat_permissions",
    "setChatPhoto": "chat_id! photo!",
    "setChatStickerSet": "chat_id! sticker_set_name!",
    "setChatTitle": "chat_id! title!",
    "setCustomEmojiStickerSetThumbnail": "name! custom_emoji_id",
    "setGameScore": "user_id! score! force disable_edit_message chat_id message_id inline_message_id",
    "setManagedBotAccessSettings": "user_id! is_access_restricted! added_user_ids",
    "setMessageReaction": "chat_id! message_id! reaction is_big",
    "setMyCommands": "commands! scope language_code",
    "setMyDefaultAdministratorRights": "rights for_channels",
    "setMyDescription": "description language_code",
    "setMyName": "name language_code",
    "setMyProfilePhoto": "photo!",
    "setMyShortDescription": "short_description language_code",
    "setPassportDataErrors": "user_id! errors!",
    "setStickerEmojiList": "sticker! emoji_list!",
    "setStickerKeywords": "sticker! keywords",
    "setStickerMaskPosition": "sticker! mask_position",
    "setStickerPositionInSet": "sticker! position!",
    "setStickerSetThumbnail": "name! user_id! format! thumbnail",
    "setStickerSetTitle": "name! title!",
    "setUserEmojiStatus": "user_id! emoji_status_custom_emoji_id emoji_status_expiration_date",
    "setWebhook": ("url! certificate ip_address max_connections allowed_updates drop_pending_updates secret_token"),
    "stopMessageLiveLocation": "$target reply_markup",
    "stopPoll": "chat_id! message_id! business_connection_id reply_markup",
    "transferBusinessAccountStars": "business_connection_id! star_count!",
    "transferGift": "business_connection_id! owned_gift_id! new_owner_chat_id! star_count",
    "unbanChatMember": "chat_id! user_id! only_if_banned",
    "unbanChatSenderChat": "chat_id! sender_chat_id!",
    "unhideGeneralForumTopic": "chat_id!",
    "unpinAllChatMessages": "chat_id!",
    "unpinAllForumTopicMessages": "chat_id! message_thread_id!",
    "unpinAllGeneralForumTopicMessages": "chat_id!",
    "unpinChatMessage": "chat_id! business_connection_id message_id",
    "upgradeGift": "business_connection_id! owned_gift_id! keep_original_details star_count",
    "uploadStickerFile": "user_id! sticker! sticker_format!",
    "verifyChat": "chat_id! custom_description",
    "verifyUser": "user_id! custom_description",
}
