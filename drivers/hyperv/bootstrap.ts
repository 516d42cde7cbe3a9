/**
 * The script that answers requests inside of PowerShell. It is the same for everybody: what users
 * give comes as data on its standard input, and reaches cmdlets as arguments alone.
 *
 * Written for Windows PowerShell 5.1, in ASCII, without backticks; a test parses it.
 *
 * @module
 */

import { METHODS } from "./script_methods.ts";
import { RECORDS } from "./script_records.ts";

const PIPE = String.raw`
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'
$ConfirmPreference = 'None'
$utf8 = New-Object System.Text.UTF8Encoding -ArgumentList $false
$reader = New-Object System.IO.StreamReader -ArgumentList ([Console]::OpenStandardInput()), $utf8
$writer = New-Object System.IO.StreamWriter -ArgumentList ([Console]::OpenStandardOutput()), $utf8
$writer.NewLine = [string][char]10
$writer.AutoFlush = $true
# The first line is what all answers begin with, so that nothing else is taken for one.
$mark = $reader.ReadLine()

function Send-Frame($frame) {
  $writer.WriteLine($mark + (ConvertTo-Json -InputObject $frame -Compress -Depth 8))
}
`;

const LOOP = String.raw`
$version = ''
try {
  $version = "$((Import-Module -Name 'Hyper-V' -PassThru).Version)"
} catch {
  $version = ''
}
$facts = @{
  psVersion = "$($PSVersionTable.PSVersion)"
  moduleVersion = $version
  languageMode = "$($ExecutionContext.SessionState.LanguageMode)"
  is64Bit = [Environment]::Is64BitProcess
}
Send-Frame @{ ready = $facts }

$line = $reader.ReadLine()
while ($null -ne $line) {
  $warnings = New-Object System.Collections.ArrayList
  $reply = @{ id = $null; data = $null; warnings = @(); error = $null }
  try {
    $request = ConvertFrom-Json -InputObject $line
    $reply.id = $request.id
    $reply.data = Invoke-Request $request
  } catch {
    $reply.error = Get-ErrorFrame $_
  }
  $reply.warnings = @($warnings)
  Send-Frame $reply
  $line = $reader.ReadLine()
}
[Environment]::Exit(0)
`;

/** The script, as it is read by people and by the test that parses it. */
export const BOOTSTRAP: string = [PIPE, RECORDS, METHODS, LOOP].join("");

/** The script without comments and indentation, as short as a command line needs it. */
export function compactBootstrap(): string {
  return BOOTSTRAP.split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .join("\n");
}

/** The script as the value of PowerShell's `-EncodedCommand`: no file is written, no text is quoted. */
export function encodedBootstrap(): string {
  const script = compactBootstrap();
  const bytes = new Uint8Array(script.length * 2);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < script.length; at++) view.setUint16(at * 2, script.charCodeAt(at), true);
  return bytes.toBase64();
}
