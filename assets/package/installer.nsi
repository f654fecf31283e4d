; The Windows installer: for one person, without an administrator.
;   SETUP.exe /S            installs silently (/D=FOLDER last, unquoted, for another folder)
;   uninstall.exe /S        removes silently and leaves the accounts signed in
;   uninstall.exe /S /SIGNOUT   signs all accounts out at Egnyte first
Unicode true
Target amd64-unicode
!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh

!define APP "Accounts for Egnyte"
!define PROGRAM egnyte-accounts.exe
!define TERMINAL egnyte-auth.exe
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\egnyte-accounts"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
!define APPROVED "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"

Name "${APP}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\${APP}"
InstallDirRegKey HKCU "${UNINSTALL}" InstallLocation
RequestExecutionLevel user
SetCompressor /SOLID lzma
SetDateSave off
ManifestDPIAware true
ManifestSupportedOS Win10
BrandingText "${APP} ${VERSION}"
VIProductVersion "${NUMBERS}.0"
VIAddVersionKey ProductName "${APP}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "${APP}, installer"
VIAddVersionKey LegalCopyright "The Accounts for Egnyte authors"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_FINISHPAGE_RUN "$INSTDIR\${PROGRAM}"
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
; The first language counts where Windows speaks none of them.
!insertmacro MUI_LANGUAGE English
!insertmacro MUI_LANGUAGE German
!insertmacro MUI_LANGUAGE Spanish
!insertmacro MUI_LANGUAGE French
!insertmacro MUI_LANGUAGE Polish
!insertmacro MUI_LANGUAGE Japanese

!define ASK "LangString AskSignOut"
${ASK} ${LANG_ENGLISH} "Sign out of your Egnyte accounts, too?$\n$\nNo leaves them in the Credential Manager, signed in, for the next installation."
${ASK} ${LANG_GERMAN} "Auch von Ihren Egnyte-Konten abmelden?$\n$\nBei Nein bleiben sie angemeldet in der Anmeldeinformationsverwaltung, für die nächste Installation."
${ASK} ${LANG_SPANISH} "¿Cerrar también la sesión de sus cuentas de Egnyte?$\n$\nSi elige No, quedan en el Administrador de credenciales, con la sesión iniciada, para la próxima instalación."
${ASK} ${LANG_FRENCH} "Se déconnecter aussi de vos comptes Egnyte ?$\n$\nAvec Non, ils restent connectés dans le Gestionnaire d’identification, pour la prochaine installation."
${ASK} ${LANG_POLISH} "Czy wylogować także konta Egnyte?$\n$\nPo wybraniu Nie pozostaną zalogowane w Menedżerze poświadczeń, na potrzeby następnej instalacji."
${ASK} ${LANG_JAPANESE} "Egnyte のアカウントからもサインアウトしますか?$\n$\n[いいえ] を選ぶと、サインインしたまま資格情報マネージャーに残り、次回のインストールで使えます。"
!define ASKANYWAY "LangString AskAnyway"
${ASKANYWAY} ${LANG_ENGLISH} "Egnyte could not be told about every account. Remove them from this computer all the same?"
${ASKANYWAY} ${LANG_GERMAN} "Egnyte war nicht für jedes Konto zu erreichen. Die Konten trotzdem von diesem Computer entfernen?"
${ASKANYWAY} ${LANG_SPANISH} "No se pudo avisar a Egnyte de todas las cuentas. ¿Quitarlas de este equipo de todos modos?"
${ASKANYWAY} ${LANG_FRENCH} "Egnyte n’a pas pu être prévenu pour chaque compte. Les retirer quand même de cet ordinateur ?"
${ASKANYWAY} ${LANG_POLISH} "Nie udało się powiadomić Egnyte o każdym koncie. Czy mimo to usunąć je z tego komputera?"
${ASKANYWAY} ${LANG_JAPANESE} "一部のアカウントについて Egnyte に通知できませんでした。それでもこのコンピューターから削除しますか?"

; The tray and a window hold the program's file: they are asked to end, then made to.
!macro EndProgram
  nsExec::Exec 'taskkill /IM ${PROGRAM}'
  Pop $0
  ${If} $0 == 0
    Sleep 1500
    nsExec::Exec 'taskkill /F /IM ${PROGRAM}'
    Pop $0
  ${EndIf}
!macroend

Section
  !insertmacro EndProgram
  SetOutPath $INSTDIR
  File "${PROGRAMS}/${PROGRAM}" "${PROGRAMS}/${TERMINAL}" "${PROGRAMS}/LICENSE.txt"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${APP}.lnk" "$INSTDIR\${PROGRAM}"
  WriteRegStr HKCU "${UNINSTALL}" DisplayName "${APP}"
  WriteRegStr HKCU "${UNINSTALL}" DisplayVersion "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" DisplayIcon "$INSTDIR\${PROGRAM}"
  WriteRegStr HKCU "${UNINSTALL}" Publisher "The Accounts for Egnyte authors"
  WriteRegStr HKCU "${UNINSTALL}" InstallLocation "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" UninstallString '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" QuietUninstallString '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" NoModify 1
  WriteRegDWORD HKCU "${UNINSTALL}" NoRepair 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  IntFmt $0 "0x%08X" $0
  WriteRegDWORD HKCU "${UNINSTALL}" EstimatedSize $0
SectionEnd

Function un.SignOut
  nsExec::ExecToLog '"$INSTDIR\${TERMINAL}" signout --all'
  Pop $0
  ${If} $0 != 0
    MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "$(AskAnyway)" /SD IDNO IDNO stays
    nsExec::ExecToLog '"$INSTDIR\${TERMINAL}" signout --all --anyway'
    Pop $0
    stays:
  ${EndIf}
FunctionEnd

Section Uninstall
  !insertmacro EndProgram
  ${GetParameters} $1
  ClearErrors
  ${GetOptions} $1 "/SIGNOUT" $2
  ${IfNot} ${Errors}
    Call un.SignOut
  ${Else}
    MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "$(AskSignOut)" /SD IDNO IDNO kept
    Call un.SignOut
    kept:
  ${EndIf}
  ; Where no certificate was set up there is none to remove.
  nsExec::ExecToLog '"$INSTDIR\${TERMINAL}" cert remove'
  Pop $0
  ; Start at login, and what Task Manager notes about it (gui/desktop/autostart_windows.go).
  DeleteRegValue HKCU "${RUN}" "${APP}"
  DeleteRegValue HKCU "${APPROVED}" "${APP}"
  Delete "$SMPROGRAMS\${APP}.lnk"
  Delete "$INSTDIR\${PROGRAM}"
  Delete "$INSTDIR\${TERMINAL}"
  Delete "$INSTDIR\LICENSE.txt"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey HKCU "${UNINSTALL}"
SectionEnd
