// Mail over a real socket to a strict server, read back with GMime: every outcome, and nothing forged.
#include "clients/smtp.hpp"

#include <gmime/gmime.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/secrets.hpp"
#include "clients/mail_folder.hpp"
#include "messages/mime.hpp"
#include "support/smtp_server.hpp"

namespace roundtrip {
namespace {

using clients::MailOutcome;
using clients::OutgoingMail;

messages::Mail simple_mail() {
  messages::Mail mail;
  mail.from = {"Casa Aurora", "service@shop.example"};
  mail.to = {"Ana Lima", "ana@example.org"};
  mail.reply_to = "ola@casa-aurora.example";
  mail.message_id = "ntf_1.mer_1.abc@shop.example";
  mail.date = *parse_rfc3339("2026-11-20T09:15:00Z");
  mail.subject = "Your order 1001 is on its way";
  mail.text = "Hello Ana\n.\n.leading dot\nRua do Açúcar\n";
  mail.html = "<p>Hello Ana — Rua do Açúcar</p>\n";
  return mail;
}

OutgoingMail outgoing(const messages::Mail& mail, const std::string& name = "ntf_1") {
  return {name, mail.from.address, mail.to.address, messages::build_mail(mail).value()};
}

clients::SmtpSender sender_to(const test::SmtpServer& server, int timeout_ms = 5000) {
  return clients::SmtpSender({server.url(), "", "", timeout_ms});
}

// What a mail program reads.
struct Parsed {
  std::string subject, from, to, reply_to, message_id, date, auto_submitted, type, text, html;
  std::vector<std::pair<std::string, std::string>> attachments;
  int headers = 0;
};

std::string decoded(GMimePart* part) {
  GMimeStream* out = g_mime_stream_mem_new();
  g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(part), out);
  const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out));
  std::string words(reinterpret_cast<const char*>(bytes->data), bytes->len);
  g_object_unref(out);
  return words;
}

std::string addresses(InternetAddressList* list) {
  char* words = internet_address_list_to_string(list, nullptr, FALSE);
  std::string out = words == nullptr ? "" : words;
  g_free(words);
  return out;
}

Parsed parse(const std::string& bytes) {
  g_mime_init();
  GMimeStream* stream = g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size());
  GMimeParser* parser = g_mime_parser_new_with_stream(stream);
  GMimeMessage* message = g_mime_parser_construct_message(parser, nullptr);
  Parsed out;
  out.subject = g_mime_message_get_subject(message);
  out.from = addresses(g_mime_message_get_from(message));
  out.to = addresses(g_mime_message_get_to(message));
  out.reply_to = addresses(g_mime_message_get_reply_to(message));
  out.message_id = g_mime_message_get_message_id(message);
  out.headers = g_mime_header_list_get_count(g_mime_object_get_header_list(GMIME_OBJECT(message)));
  if (const char* words = g_mime_object_get_header(GMIME_OBJECT(message), "Auto-Submitted")) out.auto_submitted = words;
  if (const char* words = g_mime_object_get_header(GMIME_OBJECT(message), "Date")) out.date = words;
  out.type = g_mime_content_type_get_media_subtype(g_mime_object_get_content_type(g_mime_message_get_mime_part(message)));
  g_mime_message_foreach(
      message,
      [](GMimeObject*, GMimeObject* part, gpointer state) {
        if (!GMIME_IS_PART(part)) return;
        auto& parsed = *static_cast<Parsed*>(state);
        const std::string subtype = g_mime_content_type_get_media_subtype(g_mime_object_get_content_type(part));
        if (const char* name = g_mime_part_get_filename(GMIME_PART(part))) {
          parsed.attachments.emplace_back(name, decoded(GMIME_PART(part)));
        } else if (subtype == "plain") {
          parsed.text = decoded(GMIME_PART(part));
        } else if (subtype == "html") {
          parsed.html = decoded(GMIME_PART(part));
        }
      },
      &out);
  g_object_unref(message);
  g_object_unref(parser);
  g_object_unref(stream);
  return out;
}

TEST(Smtp, AMailArrivesWholeAndReadable) {
  test::SmtpServer server;
  auto sender = sender_to(server);
  auto mail = simple_mail();
  mail.subject = "A sua encomenda nº 1001 — está a caminho, " + std::string(300, 'x') + " 長い件名";
  const auto outcome = sender.send(outgoing(mail));
  ASSERT_EQ(outcome.kind, MailOutcome::Kind::sent) << outcome.reply;
  EXPECT_EQ(outcome.reply, "250 2.0.0 queued");
  ASSERT_EQ(server.mails().size(), 1U);
  const auto received = server.mails()[0];
  EXPECT_EQ(received.from, "service@shop.example");
  EXPECT_EQ(received.to, "ana@example.org");
  const auto parsed = parse(received.bytes);
  EXPECT_EQ(parsed.subject, mail.subject);
  EXPECT_EQ(parsed.from, "Casa Aurora <service@shop.example>");
  EXPECT_EQ(parsed.to, "Ana Lima <ana@example.org>");
  EXPECT_EQ(parsed.reply_to, "Casa Aurora <ola@casa-aurora.example>");
  EXPECT_EQ(parsed.message_id, mail.message_id);
  EXPECT_EQ(parsed.auto_submitted, "auto-generated");
  EXPECT_EQ(parsed.date, "Fri, 20 Nov 2026 09:15:00 +0000");
  EXPECT_EQ(parsed.type, "alternative");
  EXPECT_EQ(parsed.html, "<p>Hello Ana — Rua do Açúcar</p>\r\n");
  EXPECT_EQ(parsed.text, "Hello Ana\r\n.\r\n.leading dot\r\nRua do Açúcar\r\n");
  EXPECT_TRUE(server.faults().empty()) << server.faults()[0];
}

TEST(Smtp, AnAttachmentArrivesByteForByte) {
  test::SmtpServer server;
  auto sender = sender_to(server);
  auto mail = simple_mail();
  std::string pdf = "%PDF-1.4\r\n";
  for (int i = 0; i < 5000; ++i) pdf += static_cast<char>(i * 7);
  mail.attachments = {{"Rücksendung\r\nX: y.pdf", "application/pdf", pdf}};
  ASSERT_EQ(sender.send(outgoing(mail)).kind, MailOutcome::Kind::sent);
  const auto parsed = parse(server.mails().at(0).bytes);
  EXPECT_EQ(parsed.type, "mixed");
  ASSERT_EQ(parsed.attachments.size(), 1U);
  EXPECT_EQ(parsed.attachments[0].first, "Rücksendung  X: y.pdf");
  EXPECT_TRUE(parsed.attachments[0].second == pdf);
  EXPECT_FALSE(parsed.text.empty());
  EXPECT_TRUE(server.faults().empty());
}

TEST(Smtp, NamesAndSubjectCannotAddHeaders) {
  test::SmtpServer server;
  auto sender = sender_to(server);
  const int honest = parse(outgoing(simple_mail()).bytes).headers;
  auto mail = simple_mail();
  const std::string evil = "x\r\nBcc: victim@example.org\r\n\r\n<b>body</b>\n.\r\nMAIL FROM:<a@b>";
  mail.subject = mail.from.name = mail.to.name = mail.message_id = evil;
  mail.reply_to = "a@b.example\r\nBcc: victim@example.org";
  ASSERT_EQ(sender.send(outgoing(mail)).kind, MailOutcome::Kind::sent);
  ASSERT_EQ(server.mails().size(), 1U);
  const auto parsed = parse(server.mails()[0].bytes);
  EXPECT_EQ(parsed.headers, honest - 1) << "only Reply-To is missing, for it was no address";
  EXPECT_TRUE(parsed.reply_to.empty());
  EXPECT_EQ(server.mails()[0].bytes.find("\nBcc:"), std::string::npos);
  EXPECT_EQ(server.mails()[0].to, "ana@example.org");
  EXPECT_TRUE(server.faults().empty());
}

TEST(Smtp, RefusalsOfARecipientAreForGoodEverythingElseIsTriedAgain) {
  using Kind = MailOutcome::Kind;
  struct Case {
    const char* what;
    test::SmtpServer::Script script;
    Kind kind;
    const char* reply;
  };
  const std::vector<Case> cases = {
      {"greylisted", {.rcpt = "450 4.2.0 try later"}, Kind::temporary, "450 4.2.0 try later"},
      {"no such user", {.rcpt = "550 5.1.1 no such user"}, Kind::refused, "550 5.1.1 no such user"},
      {"our sender refused", {.mail = "550 5.7.1 not you"}, Kind::temporary, "550 5.7.1 not you"},
      {"no data wanted", {.data = "554 5.5.1 no"}, Kind::refused, "554 5.5.1 no"},
      {"content refused", {.end_of_data = "554 5.7.1 spam"}, Kind::refused, "554 5.7.1 spam"},
      {"disk full", {.end_of_data = "452 4.3.1 full"}, Kind::temporary, "452 4.3.1 full"},
      {"closed for today", {.greeting = "554 closed"}, Kind::temporary, nullptr},
      {"lost answer", {.drop_after_data = true}, Kind::temporary, nullptr},
  };
  for (const Case& one : cases) {
    test::SmtpServer server;
    server.set_script(one.script);
    auto sender = sender_to(server);
    const auto outcome = sender.send(outgoing(simple_mail()));
    EXPECT_EQ(outcome.kind, one.kind) << one.what << ": " << outcome.reply;
    if (one.reply != nullptr) {
      EXPECT_EQ(outcome.reply, one.reply) << one.what;
    }
    EXPECT_FALSE(outcome.reply.empty()) << one.what;
    server.set_script({});
    EXPECT_EQ(sender.send(outgoing(simple_mail())).kind, Kind::sent) << "after " << one.what << " the next mail goes";
  }
}

TEST(Smtp, ASilentServerEndsAtTheDeadline) {
  test::SmtpServer server;
  server.set_script({.hang_after_data = true});
  auto sender = sender_to(server, 400);
  const auto began = steady_us();
  const auto outcome = sender.send(outgoing(simple_mail()));
  EXPECT_EQ(outcome.kind, MailOutcome::Kind::temporary) << outcome.reply;
  EXPECT_LT(steady_us() - began, 5 * kSecond);
}

TEST(Smtp, NobodyListeningIsTemporary) {
  std::string url;
  {
    test::SmtpServer server;
    url = server.url();
  }
  clients::SmtpSender sender({url, "", "", 2000});
  EXPECT_EQ(sender.send(outgoing(simple_mail())).kind, MailOutcome::Kind::temporary);
}

TEST(Smtp, ConnectionsAreKeptAndThreadsShareTheSender) {
  test::SmtpServer server;
  auto sender = sender_to(server);
  std::vector<std::thread> threads;
  std::atomic<int> sent{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 10; ++n) sent += sender.send(outgoing(simple_mail())).kind == MailOutcome::Kind::sent ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(sent.load(), 40);
  EXPECT_EQ(server.mails().size(), 40U);
  EXPECT_LE(server.connections(), 4);
  EXPECT_TRUE(server.faults().empty());
}

TEST(Mime, AddressesAreCheckedAndDomainsMadeAscii) {
  for (const std::string good : {"ana@example.org", "a.b+c@example.co.uk", "o'hara@example.org", "x@localhost"}) {
    EXPECT_EQ(messages::ascii_address(good), good);
  }
  EXPECT_EQ(messages::ascii_address("ana@exämple.org"), "ana@xn--exmple-cua.org");
  for (const std::string bad :
       {"", "@", "ana", "ana@", "@example.org", "a b@example.org", "a@b@c.org", "ana@exa mple.org", "ana@example.org\r\nBcc: x@y.z",
        "<ana@example.org>", "ana@example..org", "ana@-example.org", "\"a b\"@example.org", "ana@example.org,eve@example.org",
        "änna@example.org", ".a@example.org", "ana@[127.0.0.1]", "a..b@example.org"}) {
    EXPECT_EQ(messages::ascii_address(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(messages::ascii_address(std::string(300, 'a') + "@example.org"), std::nullopt);
  auto mail = simple_mail();
  mail.to.address = "ana@example.org>\r\nRCPT TO:<eve@example.org";
  ASSERT_FALSE(messages::build_mail(mail));
  EXPECT_EQ(messages::build_mail(mail).error().code, "invalid_address");
}

TEST(Mime, ASendersMailboxIsReadFromTheSetting) {
  const auto both = messages::parse_mailbox("Roundtrip Demo <service@shop.example>");
  ASSERT_TRUE(both);
  EXPECT_EQ(both->name, "Roundtrip Demo");
  EXPECT_EQ(both->address, "service@shop.example");
  EXPECT_EQ(messages::parse_mailbox("service@shop.example")->address, "service@shop.example");
  for (const std::string bad : {"", "nobody", "a@b.example, c@d.example", "group: a@b.example;"})
    EXPECT_FALSE(messages::parse_mailbox(bad)) << bad;
}

TEST(Mime, TheMessageIdIsStableAndOfTheSendersDomain) {
  EXPECT_EQ(messages::message_id(MerchantId{1}, NotificationId{42}, "k3j9", "service@shop.example"), "ntf_1a.mer_1.k3j9@shop.example");
}

TEST(MailFolder, ARetryReplacesTheSameFileAndNothingIsEverHalf) {
  const auto folder = std::filesystem::temp_directory_path() / ("roundtrip-" + random_token());
  clients::MailFolder mails(folder.string());
  const auto read = [&] {
    std::ifstream file(folder / "ntf_1.eml", std::ios::binary);
    std::stringstream words;
    words << file.rdbuf();
    return words.str();
  };
  EXPECT_EQ(mails.send({"ntf_1", "a@b.example", "c@d.example", "first\r\n"}).kind, MailOutcome::Kind::sent);
  EXPECT_EQ(mails.send({"ntf_1", "a@b.example", "c@d.example", "second\r\n"}).kind, MailOutcome::Kind::sent);
  EXPECT_EQ(read(), "second\r\n");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1) << "no draft is left";
  EXPECT_THROW(mails.send({"../escape", "a@b.example", "c@d.example", "x"}), std::logic_error);
  std::filesystem::remove_all(folder);
  EXPECT_EQ(mails.send({"ntf_1", "a@b.example", "c@d.example", "x"}).kind, MailOutcome::Kind::temporary);
}

}  // namespace
}  // namespace roundtrip
