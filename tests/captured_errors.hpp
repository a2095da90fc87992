#pragma once

#include <iostream>
#include <sstream>
#include <string>

namespace test {

/// What is written to std::cerr while it lives.
class CapturedErrors {
 public:
  CapturedErrors() : before_(std::cerr.rdbuf(text_.rdbuf())) {}
  ~CapturedErrors() { std::cerr.rdbuf(before_); }
  CapturedErrors(const CapturedErrors&) = delete;
  CapturedErrors& operator=(const CapturedErrors&) = delete;

  std::string text() const { return text_.str(); }
  void clear() { text_.str(""); }

 private:
  std::ostringstream text_;
  std::streambuf* before_;
};

}  // namespace test
