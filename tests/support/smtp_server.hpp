// A strict SMTP server on a loopback port: keeps what it accepts, refuses or cuts when a test says so.
#pragma once
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "support/raw_server.hpp"

namespace roundtrip::test {

struct ReceivedMail {
  std::string from, to;
  std::string bytes;  // unstuffed, CRLF line ends
};

// Faults (a command out of order, a bare LF, a line over 998 characters, 8-bit data without 8BITMIME) are kept in
// faults() of the raw server below.
class SmtpServer {
 public:
  struct Script {
    // What is said to each; empty: go on. "250 ..." is never needed.
    std::string greeting = {}, mail = {}, rcpt = {}, data = {}, end_of_data = {};  // e.g. "450 busy"
    bool drop_after_data = false;                                                  // takes the mail, then closes without an answer
    bool hang_after_data = false;                                                  // takes the mail, then says nothing
  };
  SmtpServer();
  void set_script(Script script);
  std::string url() const;
  std::vector<ReceivedMail> mails() const;
  int connections() const { return server_->connections(); }
  std::vector<std::string> faults() const { return server_->faults(); }

 private:
  void talk(RawConnection& connection);
  bool receive_data(RawConnection& connection, ReceivedMail& mail, const Script& script);
  Script script() const;
  mutable std::mutex mutex_;
  Script script_;
  std::vector<ReceivedMail> mails_;
  std::unique_ptr<RawServer> server_;
};

}  // namespace roundtrip::test
