; Inno Setup: packs dist\thaw-studio into one installer for Windows. Call it with /DVersion=1.2.3
#ifndef Version
  #define Version "0.0.0"
#endif

[Setup]
AppName=Thaw Studio
AppVersion={#Version}
DefaultDirName={autopf}\Thaw Studio
DefaultGroupName=Thaw Studio
PrivilegesRequired=lowest
OutputDir=..\dist
OutputBaseFilename=thaw-studio-{#Version}-windows
Compression=lzma2
SolidCompression=yes
; A build with CUDA is larger than one file may be: it is cut into slices.
DiskSpanning=yes
ArchitecturesInstallIn64BitMode=x64compatible

[Files]
Source: "..\dist\thaw-studio\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{group}\Thaw Studio"; Filename: "{app}\thaw-studio.exe"
Name: "{autodesktop}\Thaw Studio"; Filename: "{app}\thaw-studio.exe"; Tasks: desktop

[Tasks]
Name: desktop; Description: "Put an icon on the desktop"; Flags: unchecked
