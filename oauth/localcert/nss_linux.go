package localcert

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// nssPlace is a folder with an NSS database, or where one belongs.
type nssPlace struct{ name, path string }

// nssPlaces finds every database that Chromium, its kin and Firefox read for a
// person with this home. The places of snap and flatpak packages are from
// their documentation, not from a trial.
func nssPlaces(home, dataHome string) []nssPlace {
	if dataHome == "" || !filepath.IsAbs(dataHome) { // XDG Base Directory Specification
		dataHome = filepath.Join(home, ".local", "share")
	}
	places := chromiumPlaces(home, dataHome)
	for _, root := range []string{
		".mozilla/firefox", ".config/mozilla/firefox",
		"snap/firefox/common/.mozilla/firefox", ".var/app/org.mozilla.firefox/.mozilla/firefox",
		".var/app/org.mozilla.firefox/config/mozilla/firefox",
	} {
		places = append(places, firefoxProfiles(filepath.Join(home, root))...)
	}
	return places
}

// chromiumPlaces: Chromium reads ~/.pki/nssdb if that folder exists, even
// empty, and else the one under the data folder. The first is never made here:
// that would hide what the second holds.
func chromiumPlaces(home, dataHome string) []nssPlace {
	old, current := filepath.Join(home, ".pki", "nssdb"), filepath.Join(dataHome, "pki", "nssdb")
	var places []nssPlace
	if isFolder(old) {
		places = append(places, nssPlace{"Chromium and Chrome (~/.pki/nssdb)", old})
	}
	if len(places) == 0 || isFolder(current) {
		places = append(places, nssPlace{"Chromium and Chrome", current})
	}
	for _, packaged := range []struct{ name, path string }{
		{"Chromium (snap)", "snap/chromium/current/.pki/nssdb"},
		{"Chromium (flatpak)", ".var/app/org.chromium.Chromium/.pki/nssdb"},
		{"Chrome (flatpak)", ".var/app/com.google.Chrome/.pki/nssdb"},
	} {
		if path := filepath.Join(home, packaged.path); isFolder(path) {
			places = append(places, nssPlace{packaged.name, path})
		}
	}
	return places
}

// firefoxProfiles are those that profiles.ini names, and every folder beside
// it that has a database.
func firefoxProfiles(root string) []nssPlace {
	var folders []string
	if list, err := os.ReadFile(filepath.Join(root, "profiles.ini")); err == nil {
		for _, path := range profilePaths(list) {
			if !filepath.IsAbs(path) {
				path = filepath.Join(root, path)
			}
			folders = append(folders, filepath.Clean(path))
		}
	}
	databases, _ := filepath.Glob(filepath.Join(root, "*", "cert9.db")) // the pattern is sound
	for _, database := range databases {
		folders = append(folders, filepath.Dir(database))
	}
	slices.Sort(folders)
	var places []nssPlace
	for _, folder := range slices.Compact(folders) {
		if isFolder(folder) {
			places = append(places, nssPlace{"Firefox profile " + filepath.Base(folder), folder})
		}
	}
	return places
}

// profilePaths reads the Path of every [Profile…] section.
func profilePaths(ini []byte) (paths []string) {
	inProfile := false
	for lines := bufio.NewScanner(bytes.NewReader(ini)); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "[") {
			inProfile = strings.HasPrefix(line, "[Profile")
		} else if path, found := strings.CutPrefix(line, "Path="); found && inProfile && path != "" {
			paths = append(paths, filepath.FromSlash(path))
		}
	}
	return paths
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
