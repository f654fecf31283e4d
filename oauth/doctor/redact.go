package doctor

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"egnyte-accounts/oauth/words"
)

// folderVariables name the folders in which a person keeps things, wherever
// those are.
var folderVariables = []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "AppData", "LocalAppData"}

// redactor shortens the folders of a person, whose names may hold theirs: what
// lies at home begins with ~, and what lies elsewhere with who says where.
func redactor(dir, accounts string) *strings.Replacer {
	said := map[string]string{}
	say := func(folder, as string) {
		if folder = filepath.Clean(folder); filepath.IsAbs(folder) && folder != filepath.Dir(folder) && !withinAny(folder, said) {
			said[folder] = as
		}
	}
	if home, err := os.UserHomeDir(); err == nil {
		say(home, "~")
	}
	for _, name := range folderVariables {
		say(os.Getenv(name), "$"+name)
	}
	say(dir, words.Say("(the settings folder)"))
	say(accounts, words.Say("(the folder of accounts)"))
	longest := slices.SortedFunc(maps.Keys(said), func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var pairs []string
	for _, folder := range longest {
		pairs = append(pairs, folder, said[folder])
	}
	return strings.NewReplacer(pairs...)
}

// withinAny reports a folder that is one of folders, or lies in one.
func withinAny(folder string, folders map[string]string) bool {
	for ; folder != filepath.Dir(folder); folder = filepath.Dir(folder) {
		if _, there := folders[folder]; there {
			return true
		}
	}
	return false
}
