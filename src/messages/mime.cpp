// MIME through GMime.
#include "messages/mime.hpp"

#include <gmime/gmime.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <stdexcept>

namespace roundtrip::messages {
namespace {

constexpr std::size_t kAddressLimit = 254;
constexpr std::size_t kLocalPartLimit = 64;

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Ref = std::unique_ptr<T, Unref>;

void initialize_gmime() {
  static std::once_flag once;
  std::call_once(once, g_mime_init);
}

std::string without_controls(std::string words) {
  std::replace_if(
      words.begin(), words.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return words;
}

void set_content(GMimePart* part, const std::string& bytes, GMimeContentEncoding encoding) {
  Ref<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size()));
  Ref<GMimeDataWrapper> content(g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT));
  g_mime_part_set_content(part, content.get());
  g_mime_part_set_content_encoding(part, encoding);
}

Ref<GMimeObject> text_part(const char* subtype, const std::string& words) {
  Ref<GMimePart> part(g_mime_part_new_with_type("text", subtype));
  g_mime_object_set_content_type_parameter(GMIME_OBJECT(part.get()), "charset", "utf-8");
  set_content(part.get(), words, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  return Ref<GMimeObject>(GMIME_OBJECT(part.release()));
}

Ref<GMimeObject> attached_part(const Attachment& attachment) {
  const auto slash = attachment.content_type.find('/');
  if (slash == std::string::npos) throw std::logic_error("attachment without a content type");
  Ref<GMimePart> part(
      g_mime_part_new_with_type(attachment.content_type.substr(0, slash).c_str(), attachment.content_type.substr(slash + 1).c_str()));
  set_content(part.get(), attachment.bytes, GMIME_CONTENT_ENCODING_BASE64);
  g_mime_part_set_filename(part.get(), without_controls(attachment.filename).c_str());
  return Ref<GMimeObject>(GMIME_OBJECT(part.release()));
}

Ref<GMimeObject> body_of(const Mail& mail) {
  Ref<GMimeMultipart> both(g_mime_multipart_new_with_subtype("alternative"));
  g_mime_multipart_add(both.get(), text_part("plain", mail.text).get());
  g_mime_multipart_add(both.get(), text_part("html", mail.html).get());
  if (mail.attachments.empty()) return Ref<GMimeObject>(GMIME_OBJECT(both.release()));
  Ref<GMimeMultipart> all(g_mime_multipart_new_with_subtype("mixed"));
  g_mime_multipart_add(all.get(), GMIME_OBJECT(both.get()));
  for (const Attachment& attachment : mail.attachments) g_mime_multipart_add(all.get(), attached_part(attachment).get());
  return Ref<GMimeObject>(GMIME_OBJECT(all.release()));
}

std::string bytes_of(GMimeMessage* message) {
  const std::unique_ptr<GMimeFormatOptions, decltype(&g_mime_format_options_free)> options(g_mime_format_options_new(),
                                                                                           g_mime_format_options_free);
  g_mime_format_options_set_newline_format(options.get(), GMIME_NEWLINE_FORMAT_DOS);
  Ref<GMimeStream> out(g_mime_stream_mem_new());
  if (g_mime_object_write_to_stream(GMIME_OBJECT(message), options.get(), out.get()) < 0) throw std::runtime_error("mail not written");
  const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out.get()));
  return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

void add_mailbox(GMimeMessage* message, GMimeAddressType type, const Mailbox& mailbox) {
  g_mime_message_add_mailbox(message, type, mailbox.name.empty() ? nullptr : without_controls(mailbox.name).c_str(),
                             mailbox.address.c_str());
}

bool plain_local_part(std::string_view local) {
  if (local.empty() || local.size() > kLocalPartLimit || local.front() == '.' || local.back() == '.') return false;
  if (local.find("..") != std::string_view::npos) return false;
  return std::all_of(local.begin(), local.end(), [](unsigned char c) {
    return c > 0x20 && c < 0x7f && std::string_view("()<>[]:;@\\,\"").find(static_cast<char>(c)) == std::string_view::npos;
  });
}

bool plain_domain(std::string_view domain) {
  if (domain.empty() || domain.front() == '.' || domain.front() == '-' || domain.back() == '.' || domain.back() == '-') return false;
  if (domain.find("..") != std::string_view::npos) return false;
  return std::all_of(domain.begin(), domain.end(),
                     [](unsigned char c) { return g_ascii_isalnum(static_cast<char>(c)) || c == '.' || c == '-'; });
}

}  // namespace

std::optional<std::string> ascii_address(std::string_view address) {
  if (address.size() > kAddressLimit) return std::nullopt;
  const auto at = address.rfind('@');
  if (at == std::string_view::npos || !plain_local_part(address.substr(0, at))) return std::nullopt;
  std::string domain(address.substr(at + 1));
  if (std::any_of(domain.begin(), domain.end(), [](unsigned char c) { return c >= 0x80; })) {
    const std::unique_ptr<char, decltype(&g_free)> ascii(g_hostname_to_ascii(domain.c_str()), g_free);
    if (!ascii) return std::nullopt;
    domain = ascii.get();
  }
  if (!plain_domain(domain)) return std::nullopt;
  return std::string(address.substr(0, at + 1)) + domain;
}

std::optional<Mailbox> parse_mailbox(std::string_view text) {
  initialize_gmime();
  const Ref<InternetAddressList> list(internet_address_list_parse(nullptr, without_controls(std::string(text)).c_str()));
  if (!list || internet_address_list_length(list.get()) != 1) return std::nullopt;
  InternetAddress* only = internet_address_list_get_address(list.get(), 0);
  if (!INTERNET_ADDRESS_IS_MAILBOX(only)) return std::nullopt;
  const char* raw = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(only));
  const auto address = ascii_address(raw == nullptr ? "" : raw);
  if (!address) return std::nullopt;
  const char* name = internet_address_get_name(only);
  return Mailbox{name == nullptr ? "" : name, *address};
}

Result<std::string> build_mail(const Mail& mail) {
  initialize_gmime();
  for (const std::string& address : {mail.from.address, mail.to.address}) {
    if (ascii_address(address) != address) {
      return Error{ErrorKind::invalid, "invalid_address", "This is no mail address that can be written to. Correct it on the order."};
    }
  }
  Ref<GMimeMessage> message(g_mime_message_new(TRUE));
  add_mailbox(message.get(), GMIME_ADDRESS_TYPE_FROM, mail.from);
  add_mailbox(message.get(), GMIME_ADDRESS_TYPE_TO, mail.to);
  if (const auto reply_to = ascii_address(mail.reply_to))
    add_mailbox(message.get(), GMIME_ADDRESS_TYPE_REPLY_TO, {mail.from.name, *reply_to});
  g_mime_message_set_subject(message.get(), without_controls(mail.subject).c_str(), "utf-8");
  const std::unique_ptr<GDateTime, decltype(&g_date_time_unref)> date(g_date_time_new_from_unix_utc(mail.date.us / kSecond),
                                                                      g_date_time_unref);
  g_mime_message_set_date(message.get(), date.get());
  g_mime_message_set_message_id(message.get(), without_controls(mail.message_id).c_str());
  g_mime_object_set_header(GMIME_OBJECT(message.get()), "Auto-Submitted", "auto-generated", nullptr);
  g_mime_message_set_mime_part(message.get(), body_of(mail).get());
  return bytes_of(message.get());
}

std::string message_id(MerchantId merchant, NotificationId notification, std::string_view tag, std::string_view sender_address) {
  const auto at = sender_address.rfind('@');
  const std::string_view domain = at == std::string_view::npos ? "localhost" : sender_address.substr(at + 1);
  return to_text(notification) + "." + to_text(merchant) + "." + std::string(tag) + "@" + std::string(domain);
}

}  // namespace roundtrip::messages
