package autostart

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
)

// agentPath is the person's own launch agent (launchd.plist(5)). It counts from
// the next login on; launchd is not told now, since the tray runs already.
func agentPath() (string, error) {
	home, err := os.UserHomeDir()
	return filepath.Join(home, "Library", "LaunchAgents", appID+".plist"), err
}

func startsAtLogin(program string) (bool, error) {
	path, err := agentPath()
	if err != nil {
		return false, err
	}
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return false, nil
	}
	return err == nil && string(text) == agent(program), err
}

func startAtLogin(program string) error {
	path, err := agentPath()
	if err != nil {
		return err
	}
	return writeWhole(path, agent(program))
}

func dontStartAtLogin() error {
	path, err := agentPath()
	if err != nil {
		return err
	}
	return removeFile(path)
}

func agent(program string) string {
	var escaped bytes.Buffer
	_ = xml.EscapeText(&escaped, []byte(program)) // a Buffer takes everything
	return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>` + appID + `</string>
	<key>ProgramArguments</key>
	<array>
		<string>` + escaped.String() + `</string>
		<string>--tray</string>
	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>LimitLoadToSessionType</key>
	<string>Aqua</string>
	<key>ProcessType</key>
	<string>Interactive</string>
</dict>
</plist>
`
}
