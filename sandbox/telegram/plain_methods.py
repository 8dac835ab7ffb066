"""Methods that the sandbox only checks: their parameters are read, then they are answered `true` and change nothing.

They are those whose answer at Telegram is `true` as well. Every other method without an answer of its own is 404.
"""

from __future__ import annotations

from sandbox.telegram.words import words

ANSWERED_TRUE = frozenset(
    words(
        "addStickerToSet answerChatJoinRequestQuery answerShippingQuery approveChatJoinRequest approveSuggestedPost "
        "banChatSenderChat close convertGiftToStars createNewStickerSet declineChatJoinRequest declineSuggestedPost "
        "deleteAllMessageReactions deleteBusinessMessages deleteChatPhoto deleteChatStickerSet deleteMessageReaction "
        "deleteStickerFromSet deleteStickerSet deleteStory editUserStarSubscription giftPremiumSubscription logOut "
        "readBusinessMessage refundStarPayment removeBusinessAccountProfilePhoto removeChatVerification "
        "removeMyProfilePhoto removeUserVerification replaceStickerInSet sendChatJoinRequestWebApp sendGift "
        "setBusinessAccountBio setBusinessAccountGiftSettings setBusinessAccountName setBusinessAccountProfilePhoto "
        "setBusinessAccountUsername setChatAdministratorCustomTitle setChatDescription setChatPhoto setChatStickerSet "
        "setCustomEmojiStickerSetThumbnail setManagedBotAccessSettings setMyDefaultAdministratorRights "
        "setMyProfilePhoto setPassportDataErrors setStickerEmojiList setStickerKeywords setStickerMaskPosition "
        "setStickerPositionInSet setStickerSetThumbnail setStickerSetTitle setUserEmojiStatus "
        "transferBusinessAccountStars transferGift unbanChatSenderChat upgradeGift verifyChat verifyUser"
    )
)
