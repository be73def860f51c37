// Reads RFC 4180 records from a stream of bytes, plain or gzip, in bounded memory, and says exactly what is wrong with one that is not.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace roundtrip::connectors {

// Where bytes come from.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Up to `size` bytes; 0 at the end, or when something broke (then broken() says what).
  virtual std::size_t read(char* buffer, std::size_t size) = 0;
  // Empty, or why the bytes ended too early ("the gzip data is cut off").
  virtual std::string broken() const = 0;
  // How far the source has been read and how much there is, both as stored (compressed); 0: unknown.
  virtual std::int64_t position() const = 0;
  virtual std::int64_t size() const = 0;
};

// Opens a file; gzip is recognized by its content, not by its name.
Result<std::unique_ptr<ByteSource>> open_file(const std::string& path);
// Bytes in memory.
std::unique_ptr<ByteSource> from_memory(std::string bytes);

struct CsvLimits {
  std::size_t record_bytes = 64 * 1024;
  std::size_t fields = 200;
};

// What is wrong with a record. Codes: unclosed_quote, stray_quote, text_after_quote, record_too_long, too_many_columns, nul_byte,
// invalid_utf8.
struct CsvFault {
  std::string code;
  std::string message;
};

enum class CsvStep { record, fault, end };

// One record after the other. After a fault of the quoting reading goes on at the physical line after the one the record began on, so
// that an unclosed quote swallows nothing. Blank lines are skipped; a byte order mark is; lines end with LF or CRLF.
class CsvReader {
 public:
  explicit CsvReader(ByteSource& source, char delimiter = ',', CsvLimits limits = {});
  CsvStep next();
  // Of the last record or fault: its first line (from 1), its fields (those read before the fault), its text without the line end.
  std::int64_t line() const { return line_; }
  const std::vector<std::string>& fields() const { return fields_; }
  const std::string& text() const { return text_; }
  const CsvFault& fault() const { return fault_; }

 private:
  enum class State { field_start, plain, quoted, quote_in_quoted };
  bool at_least(std::size_t bytes);
  CsvStep scan();
  CsvStep finish(std::size_t end, std::size_t next);
  CsvStep refuse(std::string code, std::string message);
  void end_field();
  bool skip_blank_lines();

  ByteSource& source_;
  const char delimiter_;
  const CsvLimits limits_;
  std::string buffer_;
  std::size_t start_ = 0;  // where the next record begins in the buffer
  bool source_ended_ = false;
  std::int64_t next_line_ = 1;
  std::int64_t line_ = 0;
  std::vector<std::string> fields_;
  std::string field_;
  std::string text_;
  CsvFault fault_;
};

// True when the text is UTF-8 as RFC 3629 has it: no overlong form, no surrogate, nothing above U+10FFFF.
bool is_utf8(std::string_view text);
// The text with each byte that is not UTF-8, and NUL, as U+FFFD.
std::string to_valid_utf8(std::string_view text);
// A field as RFC 4180 writes it: quoted when it has to be.
std::string csv_field(std::string_view text);

}  // namespace roundtrip::connectors
