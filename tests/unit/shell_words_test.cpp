#include "ask/shell_words.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"

using namespace lfmfit;
using Commands = std::vector<std::vector<std::string>>;

TEST_CASE("a pasted line is cut into words as a shell does it") {
  CHECK(ask::shell_commands("llama-server -m 'my model.gguf' -c 32768") ==
        Commands{{"llama-server", "-m", "my model.gguf", "-c", "32768"}});
  CHECK(ask::shell_commands("a \"b \\\"c\\\" $d\" e\\ f ''") == Commands{{"a", "b \"c\" $d", "e f", ""}});
  CHECK(ask::shell_commands("a -ot \"blk\\.1\\.=CPU\"") == Commands{{"a", "-ot", "blk\\.1\\.=CPU"}});
}

TEST_CASE("lines are continued by a backslash, by cmd's ^ and by PowerShell's `") {
  const Commands wanted = {{"a", "-b", "1", "-c"}};
  CHECK(ask::shell_commands("a \\\n  -b 1 \\\n  -c\n") == wanted);
  CHECK(ask::shell_commands("a ^\r\n  -b 1 ^\r\n  -c\r\n") == wanted);
  CHECK(ask::shell_commands("a `\n  -b 1 `\n  -c") == wanted);
}

TEST_CASE("commands end with their line and at operators, without redirections and comments") {
  CHECK(ask::shell_commands("cd x && a -b 2>&1 | tee log # why\nc > out.txt &") ==
        Commands{{"cd", "x"}, {"a", "-b"}, {"tee", "log"}, {"c"}});
}

TEST_CASE("backslashes are letters where a Windows program is started") {
  CHECK(ask::shell_commands("llama-server.exe -m C:\\models\\a.gguf") ==
        Commands{{"llama-server.exe", "-m", "C:\\models\\a.gguf"}});
}

TEST_CASE("a quote that nobody closes and a text without end are refused") {
  CHECK_THROWS_AS(ask::shell_commands("a 'b"), Error);
  CHECK_THROWS_AS(ask::shell_commands(std::string(100000, 'a')), Error);
}

TEST_CASE("quoted words are read back as they were") {
  for (const char* word :
       {"plain", "a b", "it's", "$HOME `x` \\ \"", "", "blk\\.(1|2)\\.ffn_.*=CPU", "#", "a;b", "x\ny"}) {
    CAPTURE(word);
    CHECK(ask::shell_commands(ask::shell_line({"p", word})) == Commands{{"p", word}});
  }
}
