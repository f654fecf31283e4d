package autostart

import (
	"os"
	"path/filepath"
	"strings"

	"egnyte-accounts/oauth/words"
)

// autostartPath is the person's own entry (Desktop Application Autostart
// Specification 0.5).
func autostartPath() (string, error) {
	config, err := os.UserConfigDir()
	return filepath.Join(config, "autostart", appID+".desktop"), err
}

func startsAtLogin(program string) (bool, error) {
	path, err := autostartPath()
	if err != nil {
		return false, err
	}
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	starts := false
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch key, value = strings.TrimSpace(key), strings.TrimSpace(value); {
		case key == "Hidden" && value == "true", key == "X-GNOME-Autostart-enabled" && value == "false":
			return false, nil // switched off by a desktop's own settings
		case key == "Exec":
			starts = value == execLine(program)
		}
	}
	return starts, nil
}

func startAtLogin(program string) error {
	path, err := autostartPath()
	if err != nil {
		return err
	}
	return writeWhole(path, strings.Join([]string{
		"[Desktop Entry]",
		"Type=Application",
		"Name=" + appName,
		"Comment=" + words.Say("Keeps your Egnyte accounts signed in"),
		"Icon=" + appID,
		"Exec=" + execLine(program),
		"TryExec=" + stringValue(program), // an entry that outlives the program starts nothing
		"Terminal=false",
		"X-GNOME-Autostart-enabled=true",
		"",
	}, "\n"))
}

func dontStartAtLogin() error {
	path, err := autostartPath()
	if err != nil {
		return err
	}
	return removeFile(path)
}

// execLine quotes the program as the Desktop Entry Specification 1.5 asks (The
// Exec key): an argument in quotes, percent signs doubled, and then the rules
// for strings on top.
func execLine(program string) string {
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`, `%`, `%%`).Replace(program)
	return stringValue(`"`+quoted+`"`) + " --tray"
}

func stringValue(text string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(text)
}
