/*
 * powershell.exe where Windows has it, in place of Wine's, which ends without a word. It starts the
 * command in VMTCK_POWERSHELL with its own arguments after that, as they were written, on its own
 * standard streams, and ends with the same exit code. For tests alone.
 */
#include <wchar.h>
#include <windows.h>

#define LONGEST 32767

/* What follows the program's own name in a command line. */
static const wchar_t *arguments(const wchar_t *line) {
  wchar_t end = *line == L'"' ? L'"' : L' ';
  if (end == L'"') line++;
  while (*line && *line != end) line++;
  return *line == L'"' ? line + 1 : line;
}

int wmain(void) {
  static wchar_t command[LONGEST + 1];
  DWORD length = GetEnvironmentVariableW(L"VMTCK_POWERSHELL", command, LONGEST);
  const wchar_t *given = arguments(GetCommandLineW());
  if (length == 0 || length + 1 + wcslen(given) > LONGEST) return 1;
  wcscat(wcscat(command, L" "), given);

  STARTUPINFOW start = {.cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES};
  start.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
  start.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
  start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  PROCESS_INFORMATION child;
  if (!CreateProcessW(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &start, &child)) return 1;

  /* Who reads must see the end of the child, and not wait for the end of this one too. */
  CloseHandle(start.hStdInput);
  CloseHandle(start.hStdOutput);
  CloseHandle(start.hStdError);
  WaitForSingleObject(child.hProcess, INFINITE);
  DWORD code = 1;
  GetExitCodeProcess(child.hProcess, &code);
  return (int)code;
}
