#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lfmfit::ask {

/// The commands of `text`, each cut into words as a POSIX shell does: quotes, backslashes, comments, and lines that a
/// backslash (or cmd's ^, or PowerShell's `) continues. Commands end with their line and at ; & | && ||; redirections
/// are left out, variables are not filled in. Where a program's name ends in .exe backslashes are letters, as on
/// Windows. Throws Error(kBadRequest) for a quote that nobody closes, or more than 64 KiB.
std::vector<std::vector<std::string>> shell_commands(std::string_view text);

/// `word` as a POSIX shell reads it back: in single quotes where it needs them.
std::string shell_quoted(std::string_view word);

/// `words` in one line, each quoted where it needs that.
std::string shell_line(const std::vector<std::string>& words);

}  // namespace lfmfit::ask
