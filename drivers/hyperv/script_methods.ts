/**
 * The part of the script that says what can be asked for, and does it.
 *
 * @module
 */

/** What can be asked for; needs the functions of `RECORDS`. */
export const METHODS: string = String.raw`
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

# A name is no pattern.
function Find-VmByName($name) {
  $literal = [Management.Automation.WildcardPattern]::Escape($name)
  return @(& 'Hyper-V\Get-VM' -Name $literal | Where-Object { $_.Name -eq $name })
}

# The name of a switch is in the language of the host.
function Find-Switch($id) {
  return @(& 'Hyper-V\Get-VMSwitch' | Where-Object { "$($_.Id)" -eq $id })
}

function Get-VmtckFolder {
  return "$((& 'Hyper-V\Get-VMHost').VirtualHardDiskPath)".TrimEnd('\', '/') + '\vmtck'
}

# What machines have for a disk or for their folder, whatever they are called.
function Get-UsedPath {
  $all = @(& 'Hyper-V\Get-VM')
  return @($all | ForEach-Object { @("$($_.Path)".TrimEnd('\')) + @(Get-DiskPath $_) })
}

# Whether that is a path, or lies below it.
function Test-Used($used, $path) {
  $below = $path + '\'
  $hits = @($used | Where-Object { $_ -eq $path -or $_.StartsWith($below, 'OrdinalIgnoreCase') })
  return $hits.Count -gt 0
}

function Test-Beside($path, $pattern) {
  $beside = @(Get-ChildItem -LiteralPath ([IO.Path]::GetDirectoryName($path)) -File -Force)
  $others = @($beside | Where-Object { $_.FullName -ne $path -and $_.Name -like $pattern })
  return $others.Count -gt 0
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
# Those of them after which the machine is looked at.
$power = @('Start-VM', 'Stop-VM', 'Suspend-VM', 'Resume-VM', 'Save-VM', 'Remove-VMSavedState')

$methods = @{
  'Get-VM' = {
    param($p)
    $vms = @()
    if ($p.Id) {
      $vms = @(Find-Vm $p.Id)
    } elseif ($p.Name) {
      $vms = @(Find-VmByName $p.Name)
    } else {
      $vms = @(& 'Hyper-V\Get-VM')
    }
    return @{ vms = @($vms | ForEach-Object { Get-VmRecord $_ }) }
  }
  'Get-VmtckDetails' = {
    param($p)
    return @{ details = Get-VmDetails (Find-Vm $p.Id) }
  }
  'New-VM' = {
    param($p)
    $given = Select-Given $p @('Name', 'Generation', 'Path', 'VHDPath', 'MemoryStartupBytes')
    if (-not $p.VHDPath) {
      $given.NoVHD = $true
    }
    if ($p.SwitchId) {
      $given.SwitchName = @(Find-Switch $p.SwitchId)[0].Name
    }
    $vm = & 'Hyper-V\New-VM' @given
    if ($p.Notes) {
      $null = & 'Hyper-V\Set-VM' -VM $vm -Notes $p.Notes
    }
    return @{ vm = Get-VmRecord $vm; namesakes = @(Find-VmByName $p.Name).Count - 1 }
  }
  'Get-VMNetworkAdapter' = {
    param($p)
    $vm = Find-Vm $p.Id
    $adapters = @(& 'Hyper-V\Get-VMNetworkAdapter' -VM $vm)
    $found = @($adapters | ForEach-Object { Get-AdapterRecord $_ })
    return @{ vm = Get-VmRecord $vm; adapters = $found }
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
    if (-not [IO.File]::Exists($p.ParentPath)) {
      throw (New-Refusal 'VmtckNoParent' 'ObjectNotFound' $p.ParentPath)
    }
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
  'Remove-VmtckItems' = {
    param($p)
    $used = @()
    if (-not $p.EvenUsed) {
      $used = @(Get-UsedPath)
    }
    $kept = @()
    foreach ($item in $p.Items) {
      $path = "$($item.Path)"
      $isReferredTo = $item.Unless -and (Test-Beside $path $item.Unless)
      if ($isReferredTo -or (Test-Used $used $path)) {
        $kept += $path
      } elseif ([IO.Directory]::Exists($path)) {
        [IO.Directory]::Delete($path, $true)
      } elseif ([IO.File]::Exists($path)) {
        [IO.File]::Delete($path)
      }
    }
    return @{ kept = $kept }
  }
  'Get-VmtckGround' = {
    param($p)
    $folder = Get-VmtckFolder
    $items = @()
    if ([IO.Directory]::Exists($folder)) {
      $items = @(Get-ChildItem -LiteralPath $folder -Force)
    }
    $found = @($items | ForEach-Object { @{ name = "$($_.Name)"; folder = [bool]$_.PSIsContainer } })
    $hasSwitch = $p.SwitchId -and @(Find-Switch $p.SwitchId).Count -gt 0
    return @{ folder = $folder; items = $found; hasSwitch = [bool]$hasSwitch }
  }
  'Get-VmtckProbe' = {
    param($p)
    return Get-Probe
  }
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
  if ($power -contains $cmdlet) {
    return @{ vm = Get-VmRecord (Find-Vm $params.Id) }
  }
  return $null
}

function Invoke-Request($request) {
  $cmdlet = "$($request.cmdlet)"
  if ($onVm.ContainsKey($cmdlet)) {
    return Invoke-OnVm $cmdlet $request.params
  }
  if ($methods.ContainsKey($cmdlet)) {
    return & $methods[$cmdlet] $request.params
  }
  throw (New-Refusal 'VmtckUnknownMethod' 'NotImplemented' $cmdlet)
}
`;
