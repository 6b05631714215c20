// Command kubectl is the real kubectl, built from its own packages: the judge of the API in the tests.
package main

import (
	"k8s.io/component-base/cli"
	"k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
)

func main() {
	// As in cmd/kubectl of k8s.io/kubernetes, without the sign-in plugins of clouds.
	if err := cli.RunNoErrOutput(cmd.NewDefaultKubectlCommand()); err != nil {
		util.CheckErr(err)
	}
}
