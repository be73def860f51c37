// One mail as bytes: MIME built by GMime, so that no header and no body is encoded by hand.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"

namespace roundtrip::messages {

struct Attachment {
  std::string filename;
  std::string content_type;  // "application/pdf"
  std::string bytes;
};

struct Mailbox {
  std::string name;     // may be empty
  std::string address;  // as ascii_address() gives it
};

struct Mail {
  Mailbox from, to;
  std::string reply_to;    // an address; empty: none
  std::string message_id;  // without angle brackets
  Instant date;
  std::string subject, text, html;
  std::vector<Attachment> attachments;
};

// The whole message with CRLF line ends: multipart/alternative (text, HTML), in multipart/mixed when there are
// attachments; Auto-Submitted: auto-generated. Control characters in names and subject become blanks, so no
// value can add a header. Refuses (invalid) an address that ascii_address() does not take.
Result<std::string> build_mail(const Mail& mail);

// "Ana@exämple.org" -> "Ana@xn--exmple-cua.org"; nothing for what no mail server takes: two @, blanks, control
// characters, quotes, brackets, a non-ASCII local part, more than 254 characters.
std::optional<std::string> ascii_address(std::string_view address);
// "Shop <service@shop.example>" or the address alone; nothing when there is not exactly one address.
std::optional<Mailbox> parse_mailbox(std::string_view text);

// Stable for a notification, so that a mail sent twice after a crash is one mail to the reader's program:
// "ntf_1.mer_1.<tag>@<domain of the sender>". `tag` tells installations apart.
std::string message_id(MerchantId merchant, NotificationId notification, std::string_view tag, std::string_view sender_address);

}  // namespace roundtrip::messages
