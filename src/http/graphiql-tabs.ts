/** The tabs that GraphiQL opens with on a first visit. */
export const TABS: readonly { readonly query: string; readonly variables?: string }[] = [
  {
    query: `# The newest messages of the default credential's account, and how their delivery went.
# Run it with Ctrl-Enter.
query RecentMessages {
  messages(first: 10) {
    nodes {
      sid
      dateCreated
      direction
      channel
      from
      to
      body
      status
      delivery { outcome }
    }
    pageInfo { hasNextPage endCursor }
  }
}`,
  },
  {
    query: `# Messages that failed, and why. The filter drops messages after Twilio returned them:
# scannedCount is how many it looked at for this page.
query FailedMessages {
  messages(first: 10, filter: { status: [FAILED, UNDELIVERED] }) {
    nodes {
      sid
      to
      dateSent
      delivery { outcome error { code title explanation } }
    }
    pageInfo { hasNextPage endCursor }
    scannedCount
  }
}`,
  },
  {
    query: `# Pages: set "after" in the variables below to the endCursor of a response to get the next page.
# The last page has hasNextPage: false.
query NextPage($first: Int = 5, $after: String) {
  messages(first: $first, after: $after) {
    nodes { sid dateCreated status }
    pageInfo { hasNextPage endCursor }
  }
}`,
    variables: '{\n  "first": 5,\n  "after": null\n}',
  },
  {
    query: `# One message. Set "sid" in the variables below to a sid of the first tab; an unknown one gives null.
query OneMessage($sid: MessageSid!) {
  message(sid: $sid) {
    sid
    from
    to
    body
    status
    delivery { outcome isFinal error { code title explanation } }
    media { sid contentType }
    price
    priceUnit
  }
}`,
    variables: `{\n  "sid": "SM${'0'.repeat(32)}"\n}`,
  },
  {
    query: `# The accounts that the credential sees: its own and, of a parent account, the subaccounts.
query Accounts {
  accounts(first: 10) {
    nodes { sid friendlyName status type hasCredential }
    pageInfo { hasNextPage endCursor }
  }
}`,
  },
  {
    query: `# One account: unless an argument "sid" names another, that of the default credential.
query OneAccount {
  account {
    sid
    friendlyName
    status
    type
    dateCreated
  }
}`,
  },
  {
    query: `# The newest messages of all accounts that the caller's credentials open, merged.
# For two accounts: in: { sids: ["AC…", "AC…"] }. Accounts that cannot be read are in "unavailable".
query SeveralAccounts {
  messages(in: { all: true }, first: 10) {
    nodes { sid accountSid dateCreated from to status }
    unavailable { accountSid code message }
    pageInfo { hasNextPage endCursor }
  }
}`,
  },
];
