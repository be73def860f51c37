// RFC 4180 and gzip. zlib's gzFile reads plain and compressed files alike.
#include "connectors/csv.hpp"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace roundtrip::connectors {
namespace {

constexpr std::size_t kChunk = 64 * 1024;

class FileSource : public ByteSource {
 public:
  FileSource(gzFile file, std::int64_t size) : file_(file), size_(size) { gzbuffer(file_, kChunk); }
  ~FileSource() override { gzclose_r(file_); }
  std::size_t read(char* buffer, std::size_t size) override {
    const int got = gzread(file_, buffer, static_cast<unsigned>(size));
    if (got > 0) return static_cast<std::size_t>(got);
    int code = Z_OK;
    gzerror(file_, &code);
    if (code == Z_BUF_ERROR) {
      broken_ = "the gzip data is cut off; fetch the file again";
    } else if (code != Z_OK && code != Z_STREAM_END) {
      broken_ = "the gzip data is damaged; fetch the file again";
    }
    return 0;
  }
  std::string broken() const override { return broken_; }
  std::int64_t position() const override { return static_cast<std::int64_t>(gzoffset(file_)); }
  std::int64_t size() const override { return size_; }

 private:
  gzFile file_;
  std::int64_t size_;
  std::string broken_;
};

class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::string bytes) : bytes_(std::move(bytes)) {}
  std::size_t read(char* buffer, std::size_t size) override {
    const std::size_t count = std::min(size, bytes_.size() - at_);
    std::memcpy(buffer, bytes_.data() + at_, count);
    at_ += count;
    return count;
  }
  std::string broken() const override { return ""; }
  std::int64_t position() const override { return static_cast<std::int64_t>(at_); }
  std::int64_t size() const override { return static_cast<std::int64_t>(bytes_.size()); }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};

// Length of the UTF-8 sequence at `at`; 0 when there is none.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U; };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool shape = tail(1) && tail(2);
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) > 0x9F;
    return shape && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool shape = tail(1) && tail(2) && tail(3);
    const bool overlong = first == 0xF0 && byte(1) < 0x90;
    const bool beyond = first == 0xF4 && byte(1) > 0x8F;
    return shape && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path) {
  std::error_code failed;
  if (std::filesystem::is_directory(path, failed)) {
    return Error{ErrorKind::invalid, "unreadable_file", path + " is a folder; name the files in it"};
  }
  errno = 0;
  const gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) {
    return Error{ErrorKind::invalid, "unreadable_file", path + " cannot be read: " + std::strerror(errno == 0 ? ENOMEM : errno)};
  }
  const auto size = std::filesystem::file_size(path, failed);
  return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(file, failed ? 0 : static_cast<std::int64_t>(size)));
}

std::unique_ptr<ByteSource> from_memory(std::string bytes) { return std::make_unique<MemorySource>(std::move(bytes)); }

CsvReader::CsvReader(ByteSource& source, char delimiter, CsvLimits limits) : source_(source), delimiter_(delimiter), limits_(limits) {
  if (at_least(3) && buffer_.compare(start_, 3, "\xEF\xBB\xBF") == 0) start_ += 3;
}

// True when `bytes` bytes from the record's start are in the buffer, after reading more if need be.
bool CsvReader::at_least(std::size_t bytes) {
  while (buffer_.size() - start_ < bytes && !source_ended_) {
    if (start_ > 0) {
      buffer_.erase(0, start_);
      start_ = 0;
    }
    const std::size_t had = buffer_.size();
    buffer_.resize(had + kChunk);
    const std::size_t got = source_.read(buffer_.data() + had, kChunk);
    buffer_.resize(had + got);
    source_ended_ = got == 0;
  }
  return buffer_.size() - start_ >= bytes;
}

bool CsvReader::skip_blank_lines() {
  while (at_least(1)) {
    if (buffer_[start_] == '\n') {
      start_ += 1;
    } else if (buffer_[start_] == '\r' && at_least(2) && buffer_[start_ + 1] == '\n') {
      start_ += 2;
    } else {
      return true;
    }
    ++next_line_;
  }
  return false;
}

CsvStep CsvReader::next() {
  fields_.clear();
  field_.clear();
  text_.clear();
  const bool more = skip_blank_lines();
  line_ = next_line_;
  return more ? scan() : CsvStep::end;
}

void CsvReader::end_field() {
  fields_.push_back(std::move(field_));
  field_.clear();
}

CsvStep CsvReader::scan() {
  State state = State::field_start;
  for (std::size_t at = 0;; ++at) {
    const bool ended = !at_least(at + 1);
    if (!ended && at >= limits_.record_bytes) {
      if (state == State::quoted) break;
      return refuse("record_too_long", "the record is longer than " + std::to_string(limits_.record_bytes) + " bytes");
    }
    if (ended && state == State::quoted) break;
    const char c = ended ? '\n' : buffer_[start_ + at];
    if (state == State::quoted) {
      if (c == '"') {
        state = State::quote_in_quoted;
      } else {
        field_ += c;
      }
      continue;
    }
    if (state == State::quote_in_quoted && c == '"') {
      field_ += '"';
      state = State::quoted;
    } else if (c == delimiter_) {
      end_field();
      if (fields_.size() >= limits_.fields)
        return refuse("too_many_columns", "the record has more than " + std::to_string(limits_.fields) + " columns");
      state = State::field_start;
    } else if (c == '\n') {
      end_field();
      return finish(at, ended ? at : at + 1);
    } else if (c == '\r' && at_least(at + 2) && buffer_[start_ + at + 1] == '\n') {
      continue;  // the LF that follows ends the record
    } else if (state == State::quote_in_quoted) {
      return refuse("text_after_quote", "text follows the closing quote of column " + std::to_string(fields_.size() + 1) +
                                            "; a quote inside a quoted field is written twice");
    } else if (c == '"') {
      if (state == State::plain) {
        return refuse("stray_quote", "column " + std::to_string(fields_.size() + 1) +
                                         " has a quote but does not begin with one; quote the whole field and write its quotes twice");
      }
      state = State::quoted;
    } else {
      field_ += c;
      state = State::plain;
    }
  }
  return refuse("unclosed_quote", "the quote that opens column " + std::to_string(fields_.size() + 1) + " is never closed");
}

// `end`: the record's length with its CR; `next`: where the next one begins.
CsvStep CsvReader::finish(std::size_t end, std::size_t next) {
  text_.assign(buffer_, start_, end);
  if (!text_.empty() && text_.back() == '\r') text_.pop_back();
  next_line_ += 1 + std::count(text_.begin(), text_.end(), '\n');
  start_ += next;
  if (text_.find('\0') != std::string::npos) {
    fault_ = {"nul_byte", "the record has a NUL byte"};
  } else if (!is_utf8(text_)) {
    fault_ = {"invalid_utf8", "the record is not UTF-8; save the file as UTF-8"};
  } else {
    return CsvStep::record;
  }
  return CsvStep::fault;
}

// Gives up on the record and goes on after its first physical line.
CsvStep CsvReader::refuse(std::string code, std::string message) {
  fault_ = {std::move(code), std::move(message)};
  text_.clear();
  for (;;) {
    if (!at_least(1)) break;
    const auto end = buffer_.find('\n', start_);
    const std::size_t piece = (end == std::string::npos ? buffer_.size() : end) - start_;
    if (text_.size() < limits_.record_bytes) text_.append(buffer_, start_, std::min(piece, limits_.record_bytes - text_.size()));
    start_ += piece + (end == std::string::npos ? 0 : 1);
    if (end != std::string::npos) break;
  }
  if (!text_.empty() && text_.back() == '\r') text_.pop_back();
  ++next_line_;
  return CsvStep::fault;
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string to_valid_utf8(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = text[at] == '\0' ? 0 : sequence_length(text, at);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      ++at;
    } else {
      out += text.substr(at, length);
      at += length;
    }
  }
  return out;
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

}  // namespace roundtrip::connectors
