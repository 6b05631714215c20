import { testStore } from "../../support/store-contract.ts";
import { StoreDirectory } from "../../support/store-directory.ts";

testStore("The SQLite store", async () => {
  const directory = new StoreDirectory();
  const store = await directory.open();
  return {
    store,
    reopen: () => directory.reopen(store),
    backupPath: directory.at("backup.db"),
    close: () => directory[Symbol.asyncDispose](),
  };
});
