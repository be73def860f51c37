// SMTP through libcurl's easy interface; one handle per mail under way, kept with its connection.
#include "clients/smtp.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace roundtrip::clients {
namespace {

constexpr std::size_t kReplyLimit = 500;  // characters of a server's reply that are kept

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

struct Upload {
  const std::string* bytes;
  std::size_t at = 0;
};

std::size_t read_upload(char* into, std::size_t size, std::size_t count, void* state) {
  auto& upload = *static_cast<Upload*>(state);
  const std::size_t part = std::min(size * count, upload.bytes->size() - upload.at);
  std::memcpy(into, upload.bytes->data() + upload.at, part);
  upload.at += part;
  return part;
}

// Keeps the last line that the server said.
std::size_t keep_reply(char* line, std::size_t size, std::size_t count, void* state) {
  auto& reply = *static_cast<std::string*>(state);
  reply.assign(line, std::min(size * count, kReplyLimit));
  while (!reply.empty() && (reply.back() == '\r' || reply.back() == '\n')) reply.pop_back();
  return size * count;
}

std::size_t drop_body(char*, std::size_t size, std::size_t count, void*) { return size * count; }

// Refusals of this mail are 5xx after RCPT or after the data. A 5xx before that (greeting, login, MAIL) is about
// our own set-up: mails wait until it is right.
bool refused_for_good(CURLcode code, long status, std::string_view detail) {
  if (status < 500 || status > 599) return false;
  if (code == CURLE_WEIRD_SERVER_REPLY) return true;
  return code == CURLE_SEND_ERROR && (detail.starts_with("RCPT failed") || detail.starts_with("DATA failed"));
}

std::string one_line(std::string words) {
  std::replace_if(words.begin(), words.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return words;
}

bool is_loopback(std::string_view url) {
  const auto begin = url.find("://");
  const std::string_view host = begin == std::string_view::npos ? url : url.substr(begin + 3);
  return host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
}

void require_plain(const std::string& address) {
  if (address.empty() || address.find_first_of("\r\n<> ") != std::string::npos) throw std::logic_error("an envelope address is not plain");
}

}  // namespace

// Idle handles, each with its open connection. As many as mails were ever under way at once.
struct SmtpSender::Connections {
  std::mutex mutex;
  std::vector<Handle> idle;

  Handle take() {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        Handle handle = std::move(idle.back());
        idle.pop_back();
        curl_easy_reset(handle.get());
        return handle;
      }
    }
    Handle fresh(curl_easy_init(), curl_easy_cleanup);
    if (!fresh) throw std::runtime_error("libcurl gave no handle");
    return fresh;
  }
  void give_back(Handle handle) {
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(handle));
  }
};

SmtpSender::SmtpSender(SmtpOptions options) : options_(std::move(options)), connections_(std::make_unique<Connections>()) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}
SmtpSender::~SmtpSender() = default;

MailOutcome SmtpSender::send(const OutgoingMail& mail) {
  require_plain(mail.from);
  require_plain(mail.to);
  Handle handle = connections_->take();
  CURL* curl = handle.get();
  Upload upload{&mail.bytes};
  std::string reply;
  std::array<char, CURL_ERROR_SIZE> detail{};
  const List recipients(curl_slist_append(nullptr, ("<" + mail.to + ">").c_str()), curl_slist_free_all);
  curl_easy_setopt(curl, CURLOPT_URL, options_.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ("<" + mail.from + ">").c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_upload);
  curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, keep_reply);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reply);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_body);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail.data());
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout_ms));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  const bool login = !options_.user.empty();
  curl_easy_setopt(curl, CURLOPT_USE_SSL, login && !is_loopback(options_.url) ? CURLUSESSL_ALL : CURLUSESSL_TRY);
  if (login) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, options_.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, options_.password.c_str());
  }
  const CURLcode code = curl_easy_perform(curl);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (code == CURLE_OK) {
    connections_->give_back(std::move(handle));
    return {MailOutcome::Kind::sent, one_line(reply)};
  }
  // The handle goes with its connection: what state the server is in is not known.
  const std::string said(detail.data());
  const auto kind = refused_for_good(code, status, said) ? MailOutcome::Kind::refused : MailOutcome::Kind::temporary;
  return {kind, one_line(status >= 400 && !reply.empty() ? reply : said.empty() ? curl_easy_strerror(code) : said)};
}

}  // namespace roundtrip::clients
