/**
 * The part of the script that turns what cmdlets answer into records, and errors into theirs.
 *
 * @module
 */

/** Functions that others call. */
export const RECORDS: string = String.raw`
function Get-DiskPath($vm) {
  return @($vm.HardDrives | Where-Object { $_ } | ForEach-Object { "$($_.Path)" })
}

# Enumerations go out as names: a number without a name stays a number.
function Get-VmRecord($vm) {
  return @{
    id = "$($vm.Id)".ToLowerInvariant()
    name = "$($vm.Name)"
    state = "$($vm.State)"
    notes = "$($vm.Notes)"
  }
}

function Get-VmDetails($vm) {
  $drives = @(Get-DiskPath $vm | ForEach-Object { @{ path = $_ } })
  return @{
    generation = [int]$vm.Generation
    path = "$($vm.Path)"
    processorCount = [int]$vm.ProcessorCount
    memoryStartup = [long]$vm.MemoryStartup
    checkpointType = "$($vm.CheckpointType)"
    hardDrives = $drives
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

function New-Refusal($id, $category, $target) {
  $exception = New-Object System.InvalidOperationException -ArgumentList $id
  $parts = @($exception, $id, $category, $target)
  return New-Object System.Management.Automation.ErrorRecord -ArgumentList $parts
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
`;
