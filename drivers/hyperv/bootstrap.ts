/**
 * The script that answers requests inside of PowerShell. It is the same for everybody: what users
 * give comes as data on its standard input, and reaches cmdlets as arguments alone.
 *
 * Written for Windows PowerShell 5.1, in ASCII, without backticks; a test parses it.
 *
 * @module
 */

/** The script, as it is read by people and by the test that parses it. */
export const BOOTSTRAP: string = String.raw`
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

# Enumerations go out as names: a number without a name stays a number.
function Get-VmRecord($vm) {
  $drives = @($vm.HardDrives | Where-Object { $_ } | ForEach-Object { @{ path = "$($_.Path)" } })
  return @{
    id = "$($vm.Id)".ToLowerInvariant()
    name = "$($vm.Name)"
    state = "$($vm.State)"
    generation = [int]$vm.Generation
    notes = "$($vm.Notes)"
    path = "$($vm.Path)"
    processorCount = [int]$vm.ProcessorCount
    memoryStartup = [long]$vm.MemoryStartup
    checkpointType = "$($vm.CheckpointType)"
    hardDrives = $drives
    uptimeMs = [long]$vm.Uptime.TotalMilliseconds
    creationTime = $vm.CreationTime.ToUniversalTime().ToString('o')
  }
}

function Get-AdapterRecord($adapter) {
  $addresses = $null
  if ($null -ne $adapter.IPAddresses) {
    $addresses = @($adapter.IPAddresses | ForEach-Object { "$_" })
  }
  $switchId = $null
  if ($adapter.SwitchId -and "$($adapter.SwitchId)" -ne "$([guid]::Empty)") {
    $switchId = "$($adapter.SwitchId)".ToLowerInvariant()
  }
  return @{ mac = "$($adapter.MacAddress)"; addresses = $addresses; switchId = $switchId }
}

function Get-SwitchRecord($it) {
  return @{
    id = "$($it.Id)".ToLowerInvariant()
    name = "$($it.Name)"
    type = "$($it.SwitchType)"
  }
}

function New-Refusal($id, $category, $target) {
  $exception = New-Object System.InvalidOperationException -ArgumentList $id
  $parts = @($exception, $id, $category, $target)
  return New-Object System.Management.Automation.ErrorRecord -ArgumentList $parts
}

# Only the named parameters reach a cmdlet.
function Select-Given($params, $names) {
  $given = @{}
  foreach ($name in $names) {
    if ($null -ne $params.$name) {
      $given[$name] = $params.$name
    }
  }
  return $given
}

function Find-Vm($id) {
  return & 'Hyper-V\Get-VM' -Id ([guid]$id)
}

function Find-Switch($id) {
  return & 'Hyper-V\Get-VMSwitch' -Id ([guid]$id)
}

function Get-Permission {
  $identity = [Security.Principal.WindowsIdentity]::GetCurrent()
  $principal = New-Object Security.Principal.WindowsPrincipal -ArgumentList $identity
  if ($principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
    return 'administrator'
  }
  $sid = New-Object Security.Principal.SecurityIdentifier -ArgumentList 'S-1-5-32-578'
  if ($principal.IsInRole($sid)) {
    return 'hyperv-administrator'
  }
  return 'none'
}

function Get-Probe {
  $present = $false
  try {
    $present = [bool](Get-CimInstance -ClassName Win32_ComputerSystem).HypervisorPresent
  } catch {
    $present = $false
  }
  $module = Get-Module -Name 'Hyper-V' -ListAvailable -ErrorAction SilentlyContinue |
    Sort-Object -Property Version -Descending |
    Select-Object -First 1
  $found = $null
  if ($module) {
    $found = @{ version = "$($module.Version)" }
  }
  $service = Get-Service -Name 'vmms' -ErrorAction SilentlyContinue
  return @{
    hypervisorPresent = $present
    module = $found
    serviceRunning = ($null -ne $service -and "$($service.Status)" -eq 'Running')
    permission = Get-Permission
    osBuild = "$([Environment]::OSVersion.Version)"
    psVersion = "$($PSVersionTable.PSVersion)"
    languageMode = "$($ExecutionContext.SessionState.LanguageMode)"
    is64Bit = [Environment]::Is64BitProcess
  }
}

# Cmdlets that take a machine, with the parameters that they may be given, and those they always get.
$onVm = @{
  'Set-VM' = @(
    'ProcessorCount', 'StaticMemory', 'MemoryStartupBytes', 'CheckpointType',
    'AutomaticCheckpointsEnabled', 'AutomaticStartAction', 'AutomaticStopAction',
    'Notes', 'NewVMName'
  )
  'Set-VMFirmware' = @('EnableSecureBoot')
  'Start-VM' = @()
  'Stop-VM' = @('TurnOff')
  'Suspend-VM' = @()
  'Resume-VM' = @()
  'Save-VM' = @()
  'Remove-VMSavedState' = @()
  'Remove-VM' = @()
}

$methods = @{
  'Get-VM' = {
    param($p)
    $filter = @{}
    if ($p.Id) {
      $filter.Id = [guid]$p.Id
    } elseif ($p.Name) {
      $filter.Name = [Management.Automation.WildcardPattern]::Escape($p.Name)
    }
    $vms = @(& 'Hyper-V\Get-VM' @filter)
    if ($p.Name) {
      $vms = @($vms | Where-Object { $_.Name -eq $p.Name })
    }
    return @{ vms = @($vms | ForEach-Object { Get-VmRecord $_ }) }
  }
  'New-VM' = {
    param($p)
    $given = Select-Given $p @('Name', 'Generation', 'Path', 'VHDPath', 'MemoryStartupBytes')
    if (-not $p.VHDPath) {
      $given.NoVHD = $true
    }
    if ($p.SwitchId) {
      $given.SwitchName = (Find-Switch $p.SwitchId).Name
    }
    return @{ vm = Get-VmRecord (& 'Hyper-V\New-VM' @given) }
  }
  'Get-VMNetworkAdapter' = {
    param($p)
    $adapters = @(& 'Hyper-V\Get-VMNetworkAdapter' -VM (Find-Vm $p.Id))
    return @{ adapters = @($adapters | ForEach-Object { Get-AdapterRecord $_ }) }
  }
  'Get-VMSwitch' = {
    param($p)
    $switches = @()
    if ($p.Id) {
      $switches = @(Find-Switch $p.Id)
    } else {
      $switches = @(& 'Hyper-V\Get-VMSwitch')
    }
    return @{ switches = @($switches | ForEach-Object { Get-SwitchRecord $_ }) }
  }
  'Get-VMHost' = {
    param($p)
    $it = & 'Hyper-V\Get-VMHost'
    $found = @{
      virtualMachinePath = "$($it.VirtualMachinePath)"
      virtualHardDiskPath = "$($it.VirtualHardDiskPath)"
      logicalProcessorCount = [int]$it.LogicalProcessorCount
      memoryCapacity = [long]$it.MemoryCapacity
    }
    return @{ host = $found }
  }
  'New-VHD' = {
    param($p)
    $null = & 'Hyper-V\New-VHD' -Path $p.Path -ParentPath $p.ParentPath -Differencing
    return $null
  }
  'Get-VHD' = {
    param($p)
    $it = & 'Hyper-V\Get-VHD' -Path $p.Path
    $parent = $null
    if ($it.ParentPath) {
      $parent = "$($it.ParentPath)"
    }
    $found = @{
      path = "$($it.Path)"
      format = "$($it.VhdFormat)"
      type = "$($it.VhdType)"
      parentPath = $parent
      size = [long]$it.Size
      fileSize = [long]$it.FileSize
    }
    return @{ vhd = $found }
  }
  'Copy-VmtckDisk' = {
    param($p)
    if ([IO.File]::Exists($p.To)) {
      throw (New-Refusal 'VmtckExists' 'ResourceExists' $p.To)
    }
    $part = $p.To + '.part'
    $null = [IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($p.To))
    try {
      [IO.File]::Copy($p.From, $part, $true)
      [IO.File]::SetAttributes($part, [IO.FileAttributes]::Normal)
      [IO.File]::Move($part, $p.To)
    } catch {
      [IO.File]::Delete($part)
      throw
    }
    return $null
  }
  'Remove-VmtckItem' = {
    param($p)
    if ($p.Recurse -and [IO.Directory]::Exists($p.Path)) {
      [IO.Directory]::Delete($p.Path, $true)
    } elseif ([IO.File]::Exists($p.Path)) {
      [IO.File]::Delete($p.Path)
    }
    return $null
  }
  'Test-VmtckPath' = {
    param($p)
    return @{ exists = ([IO.File]::Exists($p.Path) -or [IO.Directory]::Exists($p.Path)) }
  }
  'Get-VmtckItems' = {
    param($p)
    $items = @()
    if ([IO.Directory]::Exists($p.Path)) {
      $items = @(Get-ChildItem -LiteralPath $p.Path -Recurse -Force)
    }
    $found = @($items | ForEach-Object { Get-ItemRecord $_ })
    return @{ items = $found }
  }
  'Get-VmtckProbe' = {
    param($p)
    return Get-Probe
  }
}

function Get-ItemRecord($item) {
  $size = 0
  if (-not $item.PSIsContainer) {
    $size = [long]$item.Length
  }
  return @{ path = "$($item.FullName)"; folder = [bool]$item.PSIsContainer; size = $size }
}

function Invoke-OnVm($cmdlet, $params) {
  $given = Select-Given $params $onVm[$cmdlet]
  # Without this it asks; it does not stop a machine that runs.
  if ($cmdlet -eq 'Remove-VM') {
    $given.Force = $true
  }
  $given.VM = Find-Vm $params.Id
  $null = & ('Hyper-V\' + $cmdlet) @given -WarningVariable warned
  foreach ($warning in $warned) {
    $null = $warnings.Add("$warning")
  }
}

function Invoke-Request($request) {
  $cmdlet = "$($request.cmdlet)"
  if ($onVm.ContainsKey($cmdlet)) {
    Invoke-OnVm $cmdlet $request.params
    return $null
  }
  if ($methods.ContainsKey($cmdlet)) {
    return & $methods[$cmdlet] $request.params
  }
  throw (New-Refusal 'VmtckUnknownMethod' 'NotImplemented' $cmdlet)
}

# The number of a Win32 error: from the exceptions, or from the text, where it is in no language.
function Get-HResult($exception) {
  $it = $exception
  while ($it) {
    $number = '0x{0:X8}' -f $it.HResult
    if ($number.StartsWith('0x8007')) {
      return $number
    }
    $it = $it.InnerException
  }
  $inText = [regex]::Match("$($exception.Message)", '0x[89][0-9A-Fa-f]{7}')
  if ($inText.Success) {
    return '0x' + $inText.Value.Substring(2).ToUpperInvariant()
  }
  return ''
}

function Get-ErrorFrame($record) {
  return @{
    fqid = "$($record.FullyQualifiedErrorId)"
    category = "$($record.CategoryInfo.Category)"
    hresult = Get-HResult $record.Exception
    target = "$($record.TargetObject)"
    message = "$($record.Exception.Message)"
  }
}

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
