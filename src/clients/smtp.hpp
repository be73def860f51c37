// Mail over SMTP(S) through libcurl: one total deadline, TLS where the server offers it, connections kept.
#pragma once
#include <memory>
#include <string>

#include "clients/mail.hpp"

namespace roundtrip::clients {

struct SmtpOptions {
  std::string url;             // smtp://host:port or smtps://host:port
  std::string user, password;  // empty user: no login; with a login TLS is required, except to loopback
  int timeout_ms = 20'000;     // connect to last reply
};

class SmtpSender : public MailSender {
 public:
  explicit SmtpSender(SmtpOptions options);
  ~SmtpSender() override;
  MailOutcome send(const OutgoingMail& mail) override;

 private:
  struct Connections;
  SmtpOptions options_;
  std::unique_ptr<Connections> connections_;
};

}  // namespace roundtrip::clients
