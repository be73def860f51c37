// The strict SMTP server of the tests.
#include "support/smtp_server.hpp"

#include <algorithm>
#include <stdexcept>

namespace roundtrip::test {
namespace {
// "<a@b>" between the first < and the last >; parameters after it are allowed.
std::string envelope_address(const std::string& line) {
  const auto open = line.find('<');
  const auto close = line.find('>');
  if (open == std::string::npos || close == std::string::npos || close < open) throw std::runtime_error("no address in: " + line);
  return line.substr(open + 1, close - open - 1);
}
}  // namespace

SmtpServer::SmtpServer() : server_(std::make_unique<RawServer>([this](RawConnection& connection) { talk(connection); })) {}

void SmtpServer::set_script(Script script) {
  const std::lock_guard lock(mutex_);
  script_ = std::move(script);
}
SmtpServer::Script SmtpServer::script() const {
  const std::lock_guard lock(mutex_);
  return script_;
}
std::string SmtpServer::url() const { return "smtp://127.0.0.1:" + std::to_string(server_->port()); }
std::vector<ReceivedMail> SmtpServer::mails() const {
  const std::lock_guard lock(mutex_);
  return mails_;
}

bool SmtpServer::receive_data(RawConnection& connection, ReceivedMail& mail, const Script& script) {
  connection.send("354 go ahead\r\n");
  for (;;) {
    const auto line = connection.read_line();
    if (!line) throw std::runtime_error("closed inside the data");
    if (*line == ".") break;
    if (line->size() > 998) throw std::runtime_error("a line of " + std::to_string(line->size()) + " characters");
    if (std::any_of(line->begin(), line->end(), [](unsigned char c) { return c >= 0x80 || c == 0; }))
      throw std::runtime_error("8-bit data");
    mail.bytes += (line->starts_with(".") ? line->substr(1) : *line) + "\r\n";
  }
  if (!script.end_of_data.empty()) {
    connection.send(script.end_of_data + "\r\n");
    return true;
  }
  {
    const std::lock_guard lock(mutex_);
    mails_.push_back(mail);
  }
  if (script.drop_after_data) return false;
  if (script.hang_after_data) {
    connection.wait_for_close();
    return false;
  }
  connection.send("250 2.0.0 queued\r\n");
  return true;
}

void SmtpServer::talk(RawConnection& connection) {
  const std::string greeting = script().greeting;
  connection.send((greeting.empty() ? "220 strict.test ESMTP" : greeting) + "\r\n");
  if (!greeting.empty()) return;
  ReceivedMail mail;
  bool greeted = false;
  while (const auto line = connection.read_line()) {
    const Script rules = script();
    const auto answer = [&](const std::string& refusal, const std::string& fine) {
      connection.send((refusal.empty() ? fine : refusal) + "\r\n");
      return refusal.empty();
    };
    if (line->starts_with("EHLO ")) {
      greeted = true;
      connection.send("250-strict.test\r\n250 SIZE 10000000\r\n");
    } else if (line->starts_with("MAIL FROM:")) {
      if (!greeted || !mail.from.empty()) throw std::runtime_error("MAIL out of order");
      if (answer(rules.mail, "250 2.1.0 ok")) mail.from = envelope_address(*line);
    } else if (line->starts_with("RCPT TO:")) {
      if (mail.from.empty()) throw std::runtime_error("RCPT out of order");
      if (answer(rules.rcpt, "250 2.1.5 ok")) mail.to = envelope_address(*line);
    } else if (*line == "DATA") {
      if (mail.to.empty()) throw std::runtime_error("DATA out of order");
      if (!rules.data.empty()) {
        connection.send(rules.data + "\r\n");
      } else if (!receive_data(connection, mail, rules)) {
        return;
      }
      mail = {};
    } else if (*line == "RSET" || line->starts_with("NOOP")) {
      mail = {};
      connection.send("250 2.0.0 ok\r\n");
    } else if (*line == "QUIT") {
      connection.send("221 2.0.0 bye\r\n");
      return;
    } else {
      connection.send("502 5.5.1 unknown\r\n");
    }
  }
}

}  // namespace roundtrip::test
