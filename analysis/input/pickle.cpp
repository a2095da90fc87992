#include "analysis/input/pickle.hpp"

#include <array>
#include <cstdio>
#include <deque>
#include <unordered_map>

#include "engine/device/error.hpp"

namespace analysis {
namespace {

enum class Kind { none, boolean, integer, text, tuple, dict, global, storage, tensor };

/// Everything a pickle can hold here. Parts are places in the machine's arena, so that a file that puts an
/// object into itself makes neither a leak nor a recursion.
struct Object {
  Kind kind = Kind::none;
  std::int64_t integer = 0;
  std::string text = {};        ///< of a text or a global
  std::vector<int> parts = {};  ///< of a tuple; of a dict: key, value, key, value, ..
  PickledTensor tensor = {};    ///< of a tensor; its first three fields of a storage
};

/// Names are copied into every storage and tensor, so their length bounds what a pickle can ask for.
constexpr std::size_t most_name_bytes = 255;

std::string opcode_text(unsigned char opcode) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), opcode > 32 && opcode < 127 ? "'%c'" : "0x%02x", opcode);
  return text.data();
}

class Machine {
 public:
  Machine(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  std::map<std::string, PickledTensor> run() {
    while (step(take_byte())) {
    }
    const Object& top = at(pop());
    if (top.kind != Kind::dict) fail("is no state dict");
    std::map<std::string, PickledTensor> tensors;
    for (std::size_t i = 0; i + 1 < top.parts.size(); i += 2) {
      const Object &key = at(top.parts[i]), &value = at(top.parts[i + 1]);
      if (key.kind == Kind::text && value.kind == Kind::tensor) tensors[key.text] = value.tensor;
    }
    return tensors;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw engine::FormatError(name_ + ": data.pkl " + what);
  }

  std::string_view take(std::size_t count) {
    if (count > bytes_.size() - place_) fail("is cut short");
    place_ += count;
    return bytes_.substr(place_ - count, count);
  }
  unsigned char take_byte() { return static_cast<unsigned char>(take(1)[0]); }
  std::uint64_t take_unsigned(std::size_t count) {
    std::uint64_t value = 0;
    const std::string_view raw = take(count);
    for (std::size_t i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(raw[i]);
    return value;
  }
  std::string take_line() {
    const std::size_t end = bytes_.find('\n', place_);
    if (end == std::string_view::npos) fail("is cut short");
    std::string line(take(end - place_));
    ++place_;
    return line;
  }

  Object& at(int place) { return arena_[static_cast<std::size_t>(place)]; }
  void push(Object object) {
    arena_.push_back(std::move(object));
    stack_.push_back(static_cast<int>(arena_.size()) - 1);
  }
  int pop() {
    if (stack_.empty() || (!marks_.empty() && stack_.size() <= marks_.back()))
      fail("takes from an empty stack");
    const int top = stack_.back();
    stack_.pop_back();
    return top;
  }
  std::vector<int> pop_to_mark() {
    if (marks_.empty()) fail("has no mark where it needs one");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<int> parts(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return parts;
  }
  void push_integer(std::int64_t value) { push({.kind = Kind::integer, .integer = value}); }
  void push_tuple(std::size_t size) {
    std::vector<int> parts(size);
    for (std::size_t i = size; i-- > 0;) parts[i] = pop();
    push({.kind = Kind::tuple, .parts = std::move(parts)});
  }
  void remember(std::uint64_t slot) {
    const int top = pop();
    stack_.push_back(top);
    memo_[slot] = top;
  }
  void recall(std::uint64_t slot) {
    const auto found = memo_.find(slot);
    if (found == memo_.end()) fail("recalls what it has not stored");
    stack_.push_back(found->second);
  }

  void push_global() {
    const std::string module = take_line();
    const std::string global = module + "." + take_line();
    if (global.size() > most_name_bytes) fail("has a name of more than 255 bytes");
    const bool storage = module == "torch" && global.ends_with("Storage");
    if (!storage && global != "collections.OrderedDict" && global != "torch._utils._rebuild_tensor_v2" &&
        global != "torch._utils._rebuild_parameter") {
      fail("asks for " + global + ", which no state dict needs; nothing was run");
    }
    push({.kind = Kind::global, .text = storage ? global.substr(6) : global});
  }

  std::vector<std::int64_t> integers(const Object& tuple, const char* what) {
    if (tuple.kind != Kind::tuple || tuple.parts.size() > 8)
      fail(std::string("has a tensor with a bad ") + what);
    std::vector<std::int64_t> values;
    for (const int part : tuple.parts) {
      if (at(part).kind != Kind::integer || at(part).integer < 0)
        fail(std::string("has a tensor with a bad ") + what);
      values.push_back(at(part).integer);
    }
    return values;
  }

  /// ("storage", type, key, device, elements)
  void push_storage() {
    const Object& id = at(pop());
    if (id.kind != Kind::tuple || id.parts.size() != 5) fail("has a persistent id that is no storage");
    const Object &word = at(id.parts[0]), &type = at(id.parts[1]), &key = at(id.parts[2]),
                 &size = at(id.parts[4]);
    if (word.text != "storage" || type.kind != Kind::global || key.kind != Kind::text ||
        size.kind != Kind::integer) {
      fail("has a persistent id that is no storage");
    }
    if (key.text.size() > most_name_bytes) fail("has a name of more than 255 bytes");
    push({.kind = Kind::storage, .tensor = {key.text, type.text, size.integer, 0, {}, {}}});
  }

  void reduce() {
    const int arguments_place = pop(), function_place = pop();
    const Object &arguments = at(arguments_place), &function = at(function_place);
    if (function.kind != Kind::global || arguments.kind != Kind::tuple)
      fail("calls something that is no function");
    const std::vector<int>& parts = arguments.parts;
    if (function.text == "collections.OrderedDict" && parts.empty()) {
      push({.kind = Kind::dict});
    } else if (function.text == "torch._utils._rebuild_tensor_v2" && parts.size() >= 4) {
      Object result{.kind = Kind::tensor, .tensor = at(parts[0]).tensor};
      if (at(parts[0]).kind != Kind::storage || at(parts[1]).kind != Kind::integer)
        fail("has a tensor without storage");
      result.tensor.offset = at(parts[1]).integer;
      result.tensor.shape = integers(at(parts[2]), "shape");
      result.tensor.strides = integers(at(parts[3]), "stride");
      push(std::move(result));
    } else if (function.text == "torch._utils._rebuild_parameter" && !parts.empty()) {
      stack_.push_back(parts[0]);
    } else {
      fail("calls " + function.text + " with arguments that no state dict has");
    }
  }

  void set_items(const std::vector<int>& items) {
    if (items.size() % 2 != 0) fail("sets a key without a value");
    const int place = pop();
    stack_.push_back(place);
    if (at(place).kind != Kind::dict) fail("sets items of something that is no dict");
    at(place).parts.insert(at(place).parts.end(), items.begin(), items.end());
  }

  void push_long(std::size_t size) {
    if (size > 8) fail("has an integer of more than 64 bits");
    const std::uint64_t bits = take_unsigned(size);
    const unsigned unused = static_cast<unsigned>(8 * (8 - size));
    push_integer(size == 0 ? 0 : static_cast<std::int64_t>(bits << unused) >> unused);
  }

  /// Runs one opcode.  @return whether more follow
  bool step(unsigned char opcode) {
    switch (opcode) {
      case 0x80:
        take(1);
        return true;  // PROTO
      case '.':
        return false;
      case '(':
        marks_.push_back(stack_.size());
        return true;
      case 'N':
        push({});
        return true;
      case 0x88:
      case 0x89:
        push({.kind = Kind::boolean, .integer = opcode == 0x88});
        return true;
      case 'J':
        push_integer(static_cast<std::int32_t>(take_unsigned(4)));
        return true;
      case 'K':
        push_integer(static_cast<std::int64_t>(take_unsigned(1)));
        return true;
      case 'M':
        push_integer(static_cast<std::int64_t>(take_unsigned(2)));
        return true;
      case 0x8a:
        push_long(take_byte());
        return true;
      case 'X':
        push({.kind = Kind::text, .text = std::string(take(take_unsigned(4)))});
        return true;
      case ')':
        push({.kind = Kind::tuple});
        return true;
      case 0x85:
      case 0x86:
      case 0x87:
        push_tuple(opcode - 0x84U);
        return true;
      case 't':
        push({.kind = Kind::tuple, .parts = pop_to_mark()});
        return true;
      case '}':
        push({.kind = Kind::dict});
        return true;
      case 's': {
        const int value = pop(), key = pop();
        set_items({key, value});
        return true;
      }
      case 'u':
        set_items(pop_to_mark());
        return true;
      case 'b':
        pop();
        return true;  // BUILD sets attributes of an object; those of a dict are not needed
      case 'q':
        remember(take_unsigned(1));
        return true;
      case 'r':
        remember(take_unsigned(4));
        return true;
      case 'h':
        recall(take_unsigned(1));
        return true;
      case 'j':
        recall(take_unsigned(4));
        return true;
      case 'c':
        push_global();
        return true;
      case 'Q':
        push_storage();
        return true;
      case 'R':
        reduce();
        return true;
      default:
        fail("has the opcode " + opcode_text(opcode) + ", which no state dict needs; nothing was run");
    }
  }

  std::string_view bytes_;
  const std::string& name_;
  std::size_t place_ = 0;
  std::deque<Object> arena_;  ///< a deque: references stay valid while it grows
  std::vector<int> stack_;
  std::vector<std::size_t> marks_;  ///< heights of the stack
  std::unordered_map<std::uint64_t, int> memo_;
};

}  // namespace

std::map<std::string, PickledTensor> tensors_of_pickle(std::string_view bytes, const std::string& name) {
  return Machine(bytes, name).run();
}

}  // namespace analysis
