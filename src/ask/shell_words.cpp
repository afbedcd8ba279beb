#include "ask/shell_words.hpp"

#include <algorithm>
#include <cctype>

#include "core/base/letter_case.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

constexpr std::size_t kLongestCommand = 64 << 10;

using Command = std::vector<std::string>;

bool is_newline(char letter) { return letter == '\n' || letter == '\r'; }
bool is_blank(char letter) { return letter == ' ' || letter == '\t'; }

/// Cuts a text letter by letter.
class Cutter {
 public:
  explicit Cutter(std::string_view text)
      : text_(text), keeps_backslashes_(lower(std::string(text)).find(".exe") != std::string::npos) {}

  std::vector<Command> commands() {
    while (at_ < text_.size()) step();
    end_command();
    return std::move(commands_);
  }

 private:
  void step() {
    const char letter = text_[at_];
    if (const std::size_t length = continuation(); length > 0) {
      end_word();
      at_ += length;
    } else if (letter == '\'' || letter == '"') {
      take_quoted(letter);
    } else if (letter == '\\' && !keeps_backslashes_) {
      take_escaped();
    } else if (letter == '#' && !in_word_) {
      while (at_ < text_.size() && !is_newline(text_[at_])) ++at_;
    } else if (letter == '>' || letter == '<') {
      skip_redirection();
    } else if (is_newline(letter) || letter == ';' || letter == '&' || letter == '|') {
      end_command();
      ++at_;
    } else if (is_blank(letter)) {
      end_word();
      ++at_;
    } else {
      put(letter);
      ++at_;
    }
  }

  /// Of a mark that continues a line and the line's end behind it; 0: there is none here.
  std::size_t continuation() const {
    const char mark = text_[at_];
    const bool is_mark = mark == '\\' || (!in_word_ && (mark == '^' || mark == '`'));
    if (!is_mark || at_ + 1 >= text_.size() || !is_newline(text_[at_ + 1])) return 0;
    return text_.substr(at_ + 1, 2) == "\r\n" ? 3 : 2;
  }

  void take_quoted(char quote) {
    in_word_ = true;
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      const bool escapes = quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size() &&
                           std::string_view("\"\\$`\n").find(text_[at_ + 1]) != std::string_view::npos;
      if (escapes && !keeps_backslashes_) ++at_;
      if (!escapes || text_[at_] != '\n') put(text_[at_]);
    }
    if (at_ >= text_.size())
      throw Error(ErrorKind::kBadRequest, std::string("the command line ends inside ") + quote +
                                              "...; close the quote, or paste the whole line");
    ++at_;
  }

  void take_escaped() {
    ++at_;
    if (at_ < text_.size()) put(text_[at_++]);
  }

  /// "2>&1", "> server.log", "<<'END'"
  void skip_redirection() {
    const bool numbered = !word_.empty() && std::all_of(word_.begin(), word_.end(),
                                                        [](unsigned char letter) { return std::isdigit(letter) != 0; });
    if (numbered) {
      word_.clear();
      in_word_ = false;
    }
    end_word();
    while (at_ < text_.size() && std::string_view("<>&").find(text_[at_]) != std::string_view::npos) ++at_;
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    while (at_ < text_.size() && !is_blank(text_[at_]) && !is_newline(text_[at_])) ++at_;
  }

  void put(char letter) {
    in_word_ = true;
    word_ += letter;
  }

  void end_word() {
    if (in_word_) command_.push_back(std::move(word_));
    word_.clear();
    in_word_ = false;
  }

  void end_command() {
    end_word();
    if (!command_.empty()) commands_.push_back(std::move(command_));
    command_.clear();
  }

  std::string_view text_;
  bool keeps_backslashes_;
  std::size_t at_ = 0;
  std::string word_;
  bool in_word_ = false;
  Command command_;
  std::vector<Command> commands_;
};

bool is_plain_letter(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 ||
         std::string_view("_-./:,=@%+").find(letter) != std::string_view::npos;
}

}  // namespace

std::vector<Command> shell_commands(std::string_view text) {
  if (text.size() > kLongestCommand)
    throw Error(ErrorKind::kBadRequest, "a command line of more than 64 KiB; paste the one line that is meant");
  return Cutter(text).commands();
}

std::string shell_quoted(std::string_view word) {
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain_letter)) return std::string(word);
  std::string quoted = "'";
  for (const char letter : word) quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return quoted + "'";
}

std::string shell_line(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + shell_quoted(word);
  return line;
}

}  // namespace lfmfit::ask
